import { sha256Hex } from '#shared/evidence/bytes.ts';
import { checkpointOf, custodyLineBytes, ZERO_HASH } from '#shared/evidence/custody.ts';
import type { EvidenceDocument } from '#shared/evidence/document.ts';
import { type Signer, signStatement } from '#shared/evidence/dsse.ts';
import { exchangeCommitment } from '#shared/evidence/seal.ts';
import { checkpointStatement } from '#shared/evidence/statements.ts';
import { time } from './honest-registry.ts';

type Logged = Pick<EvidenceDocument, 'run' | 'attempts' | 'adjudications' | 'seals'>;

/** Custody lines of a run, as the workspace writes them. */
function custodyEvents({
  run,
  attempts,
  adjudications,
  seals,
}: Logged): { kind: string; data: object }[] {
  const audit = run.id;
  return [
    { kind: 'workspace.unlocked', data: {} },
    { kind: 'run.started', data: { audit } },
    ...attempts.map(({ id }) => ({ kind: 'attempt.started', data: { audit, attempt: id } })),
    ...attempts
      .filter(({ endedUtc }) => endedUtc !== null)
      .map(({ id, custodySalt, request, response }) => ({
        kind: 'attempt.recorded',
        data: {
          audit,
          attempt: id,
          commitment: exchangeCommitment({
            salt: custodySalt,
            request: request.body,
            response: response?.body ?? null,
          }),
        },
      })),
    ...seals.flatMap(({ canaryId, sha256 }) => [
      { kind: 'canary.sealed', data: { audit, canary: canaryId, seal_sha256: sha256 } },
      { kind: 'canary.opened', data: { audit, canary: canaryId } },
    ]),
    { kind: 'run.ended', data: { audit } },
    ...adjudications.map(({ id, canaryId, target, k, verdict }) => ({
      kind: 'sample.adjudicated',
      data: { audit, canary: canaryId, target, k, verdict, adjudication: id },
    })),
  ];
}

/** A log of a run with its signed checkpoint. */
export async function custodyExtract(
  logged: Logged,
  signer: Signer,
): Promise<{ readonly lines: Uint8Array[]; readonly checkpointSigstore: Uint8Array }> {
  const lines: Uint8Array[] = [];
  for (const { kind, data } of custodyEvents(logged)) {
    const last = lines.at(-1);
    lines.push(
      custodyLineBytes({
        v: 1,
        seq: lines.length + 1,
        prev: last === undefined ? ZERO_HASH : sha256Hex(last),
        at: time(lines.length),
        mono_ns: String(lines.length * 1_000_000),
        boot_id: 'boot-1',
        actor: 'Analyst A',
        kind,
        data: { ...data },
      }),
    );
  }
  return {
    lines,
    checkpointSigstore: await signStatement(checkpointStatement(checkpointOf(lines)), signer),
  };
}
