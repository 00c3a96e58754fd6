import { z } from 'zod';
import type { PastePrompt } from '#shared/contract/audit.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { sha256Hex, utf8 } from '#shared/evidence/bytes.ts';
import { scorerOf } from '#shared/evidence/score.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { AuditRow, PositionRow } from '../../db/audit-store.ts';
import type { ExchangeResult } from '../../endpoints/types.ts';
import type { SealedPanelMember } from '../plan/panel.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import type { Session } from '../workspace/session.ts';
import { loadExchange, storeResult } from './attempts.ts';
import { readAttempt, storeOutcome } from './outcomes.ts';
import { nextAttempt, storeNewAttempt } from './run/ask.ts';
import type { Waiting } from './run/types.ts';
import { recordAt } from './state.ts';

const waitingSchema = z.strictObject({
  position: z.int(),
  samples: z.array(z.strictObject({ target: z.string(), k: z.int() })),
});

/** What an audit waits for a person to paste; null: nothing. */
export const waitingOf = (row: AuditRow): Waiting | null =>
  row.waiting === null ? null : waitingSchema.parse(JSON.parse(row.waiting));

interface PasteRound {
  readonly at: PositionRow;
  readonly panel: readonly SealedPanelMember[];
  readonly samples: readonly {
    readonly member: SealedPanelMember;
    readonly k: number;
    /** Its attempt, once the prompt was taken. */
    readonly attempt: AttemptRow | null;
  }[];
}

/** Errors: NOT_FOUND; CONFLICT when the audit waits for nobody. */
function roundOf(session: Session, auditId: string): PasteRound {
  const row = session.audits.audit(auditId);
  if (!row) throw new AppError('NOT_FOUND', 'There is no such audit.');
  const waiting = row.state === 'paused' ? waitingOf(row) : null;
  const at = session.audits.positions(auditId).find((one) => one.position === waiting?.position);
  if (!waiting || !at)
    throw new AppError(
      'CONFLICT',
      'This audit waits for no answer to be pasted. While it runs, wait until it pauses for one.',
    );
  const { panel } = readSealed(mustFindPlan(session, row.planId)).sealed;
  const attempts = session.attempts.at(auditId, at.position);
  const samples = waiting.samples.map(({ target, k }) => {
    const member = panel.find((one) => one.target.name === target);
    if (!member) throw new AppError('INTEGRITY', 'The audit waits for a target not in its panel.');
    const own = attempts.filter((attempt) => attempt.target === target && attempt.k === k);
    const last = own.at(-1) ?? null;
    return { member, k, attempt: last?.outcome === 'interrupted' ? null : last };
  });
  return { at, panel, samples };
}

/**
 * The prompts that a person is to carry. With `take` each text is shown: its intent is stored first, so that from then on the
 * canary counts as exposed to that target, and every showing is an event of the custody log.
 */
export function listPrompts(
  session: Session,
  { auditId, take }: ParsedInput<'audit.prompts'>,
): Output<'audit.prompts'> {
  return session.transaction(() => {
    const { at, samples } = roundOf(session, auditId);
    const open = samples.filter(({ attempt }) => attempt?.endedUtc == null);
    const record = recordAt(session, at);
    const prompts = open.map(({ member, k, attempt }): PastePrompt => {
      const { target } = member;
      const base = { target: target.name, model: target.model, canaryId: at.canaryId, k };
      if (!take)
        return {
          ...base,
          attemptId: attempt?.id ?? null,
          takenUtc: attempt?.startedUtc ?? null,
          text: null,
        };
      const request = buildRequest(target, {
        messages: record.messages,
        parameters: target.parameters,
        keyName: null,
      });
      const own = session.attempts
        .at(auditId, at.position)
        .filter((one) => one.target === target.name && one.k === k);
      const taken =
        attempt ??
        nextAttempt(session.ports.random.uuid(), { at }, { member, k }, own.at(-1) ?? null);
      if (attempt === null) storeNewAttempt({ session, auditId }, taken, request);
      session.record('prompt.revealed', {
        audit: auditId,
        canary: at.canaryId,
        target: target.name,
        attempt: taken.id,
      });
      return {
        ...base,
        attemptId: taken.id,
        takenUtc: attempt?.startedUtc ?? session.nowUtc(),
        text: new TextDecoder().decode(request.body ?? new Uint8Array()),
      };
    });
    return { prompts };
  });
}

/** A pasted answer as the exchange that it stands for: no connection, no TLS, the text as its body. */
function pastedExchange(
  session: Session,
  attempt: AttemptRow,
  { text, model }: { readonly text: string; readonly model: string | null },
): ExchangeResult {
  const { request } = loadExchange(session, attempt.id);
  // An empty body is no answer to any format; a person who brings back nothing says so.
  const isPlain = model === null && text !== '';
  const body = utf8(
    isPlain ? text : JSON.stringify({ text, ...(model === null ? {} : { model }) }),
  );
  const now = session.nowUtc();
  return {
    request: {
      method: request.method,
      url: request.url,
      httpVersion: '1.1',
      headers: request.headers,
      body: request.body,
      bodySha256: sha256Hex(request.body),
    },
    response: {
      statusCode: 200,
      statusText: 'pasted by a person',
      rawHeaders: [['content-type', isPlain ? 'text/plain; charset=utf-8' : 'application/json']],
      body,
      encodedSha256: sha256Hex(body),
      trailers: [],
      complete: true,
      arrivals: [],
    },
    tls: null,
    net: null,
    times: {
      startAt: attempt.startedUtc,
      firstByteAt: now,
      endAt: now,
      connectedMs: null,
      firstByteMs: null,
      durationMs: Math.max(0, Date.parse(now) - Date.parse(attempt.startedUtc)),
    },
    error: null,
    secretEchoed: false,
    requestSent: true,
  };
}

/**
 * Stores a pasted answer in the way in which a received one is stored; returns how many answers the audit still waits for.
 * Errors: NOT_FOUND, CONFLICT.
 */
export function storePaste(session: Session, input: ParsedInput<'audit.paste'>): number {
  const { auditId, attemptId, text, model } = input;
  return session.transaction(() => {
    const { at, panel, samples } = roundOf(session, auditId);
    const mine = samples.find(({ attempt }) => attempt?.id === attemptId)?.attempt;
    if (!mine)
      throw new AppError('NOT_FOUND', 'The audit waits for no such answer. Take its prompt first.');
    if (mine.endedUtc !== null)
      throw new AppError(
        'CONFLICT',
        'This answer was pasted already. What is stored stays as it is.',
      );
    const exchange = pastedExchange(session, mine, { text: text.toWellFormed(), model });
    storeResult(session, { ...mine, auditId }, { exchange, keyFingerprint: null });
    const scorer = scorerOf(recordAt(session, at));
    storeOutcome(session, { ...mine, auditId }, readAttempt(session, mine, { panel, scorer }));
    return (
      samples.filter(({ attempt }) => attempt === null || attempt.endedUtc === null).length - 1
    );
  });
}
