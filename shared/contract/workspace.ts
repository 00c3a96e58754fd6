import { z } from 'zod';
import { done, nothing, passphraseSchema, utc } from './common.ts';
import { command, query } from './define.ts';

export const workspaceStatus = z.strictObject({
  state: z.enum(['absent', 'locked', 'unlocked']),
  path: z.string(),
  name: z.string().nullable(),
  createdUtc: utc.nullable(),
  version: z.string(),
  /** Fingerprint of the signing key (OpenSSH form). */
  keyid: z.string().nullable(),
  counts: z
    .strictObject({
      canaries: z.int(),
      targets: z.int(),
      audits: z.int(),
      /** Sends so far: every one disclosed a canary to an operator. */
      exposures: z.int(),
    })
    .nullable(),
  running: z.array(z.string()),
  /** Environment variables that weaken the record (HOSTILE section 1). */
  hazards: z.array(z.strictObject({ name: z.string(), refuse: z.boolean() })),
});

export const caseSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  question: z.string(),
  createdUtc: utc,
});

export const workspaceMethods = {
  'workspace.status': query({
    summary: 'Whether a workspace is there, locked or open, and what it holds',
    input: nothing,
    output: workspaceStatus,
  }),
  'workspace.create': command({
    summary: 'Make a workspace: database, vault with a passphrase slot, signing key',
    input: z.strictObject({ name: z.string().min(1).max(200), passphrase: passphraseSchema }),
    output: workspaceStatus,
    sensitive: ['passphrase'],
    errors: ['WORKSPACE_EXISTS'],
  }),
  'workspace.unlock': command({
    summary: 'Open the workspace with its passphrase',
    input: z.strictObject({ passphrase: z.string().min(1).max(1_024) }),
    output: workspaceStatus,
    sensitive: ['passphrase'],
    errors: [
      'WORKSPACE_ABSENT',
      'WRONG_PASSPHRASE',
      'WORKSPACE_TOO_NEW',
      'WORKSPACE_BUSY',
      'INTEGRITY',
    ],
  }),
  'workspace.lock': command({
    summary:
      'Close the workspace and drop its key from memory; an audit under way goes on behind the lock, and the key is dropped when it ends',
    input: nothing,
    output: done,
  }),
  'case.list': query({
    summary: 'The cases of the workspace',
    input: nothing,
    output: z.strictObject({ cases: z.array(caseSchema) }),
  }),
  'case.create': command({
    summary: 'Open a case: one question about one or more suspects',
    input: z.strictObject({
      id: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use lower-case letters, digits and dashes'),
      name: z.string().min(1).max(200),
      question: z.string().max(2_000).default(''),
    }),
    output: caseSchema,
    errors: ['CONFLICT'],
  }),
  'secret.list': query({
    summary: 'Names of the API keys in the vault; never their values',
    input: nothing,
    output: z.strictObject({
      secrets: z.array(z.strictObject({ name: z.string(), createdUtc: utc })),
    }),
  }),
  'secret.set': command({
    summary: 'Put an API key into the vault',
    input: z.strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
      value: z
        .string()
        .regex(/^[\x21-\x7e]{1,4096}$/, 'a key is one line of printable characters without spaces'),
    }),
    output: done,
    sensitive: ['value'],
  }),
  'secret.remove': command({
    summary: 'Remove an API key from the vault',
    input: z.strictObject({ name: z.string() }),
    output: done,
    errors: ['NOT_FOUND'],
  }),
} as const;
