import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { toHex } from '#shared/evidence/bytes.ts';
import { custodyLineSchema } from '#shared/evidence/custody.ts';
import { consistencyProof, leafHash, merkleRoot } from '#shared/evidence/merkle.ts';
import { LATEST } from '../../db/migrate.ts';
import type { Transport } from '../../endpoints/types.ts';
import { stampedCheckpoint } from '../timestamp/timestamp.ts';
import type { Session } from '../workspace/session.ts';
import { ensureKeyStatement } from './signing-key.ts';

const DAY_MS = 86_400_000;
/** Nobody waits longer for an authority to open a workspace. */
const UNLOCK_STAMP_MS = 5_000;

export function listCustody(
  session: Session,
  input: ParsedInput<'custody.list'>,
): Output<'custody.list'> {
  const rows = session.custodyRows.page(input);
  return {
    size: session.custodyRows.count(),
    total: session.custodyRows.matching(input),
    events: rows.map(({ line, hash }) => {
      const { seq, at, actor, kind, data } = custodyLineSchema.parse(
        JSON.parse(line.toString('utf8')),
      );
      return { seq, at, actor, kind, data, hash: toHex(hash) };
    }),
  };
}

/** A proof that whoever holds the older checkpoint can check with nothing but the newer one. Errors: NOT_FOUND. */
export function proveCustody(
  session: Session,
  input: ParsedInput<'custody.proof'>,
): Output<'custody.proof'> {
  const sizes = session.custodyRows.checkpoints().map(({ size }) => size);
  const second = input.second ?? sizes.at(-1) ?? 0;
  for (const size of [input.first, second])
    if (!sizes.includes(size))
      throw new AppError(
        'NOT_FOUND',
        `There is no checkpoint over ${size} events. The checkpoints: ${sizes.join(', ') || 'none'}.`,
      );
  if (input.first > second)
    throw new AppError('NOT_FOUND', 'The first checkpoint must be the older one.');
  const leaves = session.custodyRows.all().map((row) => leafHash(new Uint8Array(row.line)));
  const newer = leaves.slice(0, second);
  return {
    first: input.first,
    second,
    firstRoot: toHex(merkleRoot(leaves.slice(0, input.first))),
    secondRoot: toHex(merkleRoot(newer)),
    proof: consistencyProof(newer, input.first).map(toHex),
  };
}

/** A checkpoint that is due by itself: without a key that may sign, the log says why there is none. */
export async function dueCheckpoint(
  session: Session,
  transport: Transport,
  options: { readonly timeoutMs?: number } = {},
): Promise<void> {
  try {
    await stampedCheckpoint(session, transport, options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    session.transaction(() => session.record('custody.unsigned', { reason: error.code }));
  }
}

/** What an opened workspace needs at once: its versions in the log, its key's statement, a checkpoint a day. */
export async function attend(session: Session, transport: Transport): Promise<void> {
  noteVersions(session);
  await ensureKeyStatement(session);
  const last = session.custodyRows.checkpoints().at(-1)?.createdUtc;
  const since = last ?? session.workspaces.workspace()?.createdUtc;
  const ageMs = since === undefined ? 0 : Date.parse(session.nowUtc()) - Date.parse(since);
  if (ageMs >= DAY_MS) await dueCheckpoint(session, transport, { timeoutMs: UNLOCK_STAMP_MS });
}

/** The newest event of a kind, as its data. */
function newest(session: Session, kind: string): Readonly<Record<string, unknown>> | null {
  const [row] = session.custodyRows.page({ kind, offset: 0, limit: 1 });
  return row === undefined ? null : custodyLineSchema.parse(JSON.parse(row.line.toString())).data;
}

function noteVersions(session: Session): void {
  const born = newest(session, 'workspace.created');
  const tool = (newest(session, 'tool.upgraded') ?? born)?.version ?? null;
  const database = newest(session, 'db.migrated')?.version ?? born?.database ?? null;
  const { version } = session.ports.runtime;
  session.transaction(() => {
    if (tool !== version) session.record('tool.upgraded', { from: String(tool), version });
    if (database !== LATEST)
      session.record('db.migrated', {
        from: typeof database === 'number' ? database : null,
        version: LATEST,
      });
  });
}
