import { z } from 'zod';
import { done, nothing, passphraseSchema, utc } from './common.ts';
import { command, query } from './define.ts';
import { workspaceStatus } from './workspace.ts';

const recoveryCode = z.string().min(1).max(500);

/** Minutes without a person after which the workspace locks itself. */
const autoLockMinutes = z.int().min(1).max(1_440);

const vaultStatus = z.strictObject({
  state: z.enum(['absent', 'locked', 'unlocked']),
  /** Locked, but an audit is still under way: its key is dropped when the audit ends. */
  heldByRun: z.boolean(),
  /** Number of the data key: it grows with each rotation. */
  keyId: z.int().nullable(),
  recovery: z.strictObject({ createdUtc: utc }).nullable(),
  keychains: z.array(
    z.strictObject({
      backend: z.string(),
      createdUtc: utc,
      /** The keychain of this host. */
      here: z.boolean(),
    }),
  ),
  /** The keychain of this host, whether it is enabled or not. */
  keychain: z.strictObject({
    available: z.boolean(),
    /** Its name, or why there is none. */
    about: z.string(),
  }),
  autoLockMinutes: autoLockMinutes.nullable(),
  /** Whether this host locks by itself; the command line ends with its command. */
  locksWhenIdle: z.boolean(),
  rotation: z.strictObject({ done: z.int(), total: z.int() }).nullable(),
});

const residueKind = z.enum([
  'api-key',
  'signing-key',
  'salt',
  'drawing-key',
  'canary',
  'answer',
  'other',
]);

export const vaultMethods = {
  'vault.status': query({
    summary:
      'The ways into the workspace, auto-lock, and a rotation under way; works while it is locked',
    input: nothing,
    output: vaultStatus,
  }),
  'vault.touch': command({
    summary: 'Say that a person is here: the time until auto-lock begins anew',
    input: nothing,
    output: done,
  }),
  'vault.unlockWithRecovery': command({
    summary: 'Open the workspace with its recovery code',
    input: z.strictObject({ code: recoveryCode }),
    output: workspaceStatus,
    sensitive: ['code'],
    errors: [
      'WORKSPACE_ABSENT',
      'WRONG_PASSPHRASE',
      'WORKSPACE_TOO_NEW',
      'WORKSPACE_BUSY',
      'INTEGRITY',
    ],
  }),
  'vault.unlockWithKeychain': command({
    summary: 'Open the workspace with the keychain of this host, where it was enabled',
    input: nothing,
    output: workspaceStatus,
    errors: [
      'WORKSPACE_ABSENT',
      'NOT_FOUND',
      'KEYCHAIN_UNAVAILABLE',
      'KEYCHAIN_CHANGED',
      'WRONG_PASSPHRASE',
      'WORKSPACE_TOO_NEW',
      'WORKSPACE_BUSY',
      'INTEGRITY',
    ],
  }),
  'vault.changePassphrase': command({
    summary: 'Change the passphrase, shown by the former one or by the recovery code',
    input: z
      .strictObject({
        passphrase: z.string().min(1).max(1_024).optional(),
        code: recoveryCode.optional(),
        newPassphrase: passphraseSchema,
      })
      .refine(
        ({ passphrase, code }) => (passphrase === undefined) !== (code === undefined),
        'give the passphrase or the recovery code',
      ),
    output: done,
    sensitive: ['passphrase', 'code', 'newPassphrase'],
    errors: ['WRONG_PASSPHRASE', 'CONFLICT', 'WORKSPACE_BUSY'],
  }),
  'vault.createRecovery': command({
    summary: 'Make a recovery code, shown this once; a former one stops working',
    input: z.strictObject({ passphrase: z.string().min(1).max(1_024) }),
    output: z.strictObject({ code: z.string() }),
    sensitive: ['passphrase', 'code'],
    errors: ['WRONG_PASSPHRASE', 'CONFLICT', 'WORKSPACE_BUSY'],
  }),
  'vault.revokeRecovery': command({
    summary: 'Make the recovery code worthless',
    input: nothing,
    output: done,
    errors: ['NOT_FOUND', 'WORKSPACE_BUSY'],
  }),
  'vault.enableKeychain': command({
    summary: 'Let the keychain of this host open the workspace, beside the passphrase',
    input: z.strictObject({ passphrase: z.string().min(1).max(1_024) }),
    output: z.strictObject({ backend: z.string() }),
    sensitive: ['passphrase'],
    errors: [
      'WRONG_PASSPHRASE',
      'KEYCHAIN_UNAVAILABLE',
      'KEYCHAIN_CHANGED',
      'CONFLICT',
      'WORKSPACE_BUSY',
    ],
  }),
  'vault.disableKeychain': command({
    summary: 'No keychain opens the workspace any more, on no host',
    input: nothing,
    output: done,
    errors: ['NOT_FOUND', 'WORKSPACE_BUSY'],
  }),
  'vault.setAutoLock': command({
    summary: 'Minutes without a person after which the workspace locks itself',
    input: z.strictObject({ minutes: autoLockMinutes }),
    output: done,
    errors: ['WORKSPACE_BUSY'],
  }),
  'vault.rotate': command({
    summary: 'Change the data key: every cell is encrypted anew, the former key is destroyed',
    input: z.strictObject({ passphrase: z.string().min(1).max(1_024) }),
    output: z.strictObject({
      keyId: z.int(),
      cells: z.int(),
      /** A recovery code cannot be given the new key: make a new one. */
      recovery: z.enum(['none', 'revoked']),
      keychain: z.enum(['none', 'renewed', 'removed']),
      /** False: another process reads; the file is rewritten when the workspace is opened next. */
      cleaned: z.boolean(),
    }),
    sensitive: ['passphrase'],
    errors: ['WRONG_PASSPHRASE', 'CONFLICT', 'WORKSPACE_BUSY', 'INTEGRITY'],
  }),
  'vault.scan': query({
    summary:
      'Search the raw files for every secret that the vault knows; tells counts, never a text',
    input: z.strictObject({
      /** Further files and folders. */
      also: z.array(z.string().min(1).max(4_096)).max(20).default([]),
    }),
    output: z.strictObject({
      ok: z.boolean(),
      files: z.int(),
      bytes: z.int(),
      secrets: z.int(),
      /** Secrets of fewer than 10 bytes, which are not searched for: they occur by chance. */
      tooShort: z.int(),
      findings: z.array(
        z.strictObject({
          path: z.string(),
          kinds: z.array(z.strictObject({ kind: residueKind, count: z.int() })),
        }),
      ),
    }),
    errors: ['NOT_FOUND', 'LIMIT_REACHED', 'WORKSPACE_BUSY'],
  }),
} as const;
