import { sha256, utf8 } from '#shared/evidence/bytes.ts';
import { derive } from '#shared/evidence/derive.ts';
import type {
  Adjudication,
  DisclosedCanary,
  DisclosedUse,
  EvidenceAttempt,
  EvidenceDocument,
  NotAskedReason,
  PanelTarget,
} from '#shared/evidence/document.ts';
import { drawIndex } from '#shared/evidence/draw.ts';
import { readAttempt } from '#shared/evidence/reading.ts';
import { sealDigest } from '#shared/evidence/seal.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { exchanges, type Wire } from './honest-answers.ts';
import { type OwnCanary, type OwnRegistry, time } from './honest-registry.ts';

interface Step {
  readonly canary: OwnCanary;
  readonly use: DisclosedUse;
}

type Base = Omit<
  EvidenceDocument,
  | 'canaries'
  | 'undisclosed'
  | 'attempts'
  | 'adjudications'
  | 'seals'
  | 'custody'
  | 'evaluation'
  | 'tierB'
>;
type Played = Pick<
  EvidenceDocument,
  'canaries' | 'undisclosed' | 'attempts' | 'adjudications' | 'seals' | 'evaluation' | 'tierB'
>;

function stepsOf(registries: readonly OwnRegistry[]): Step[] {
  return registries.flatMap((registry, index) =>
    registry.order.map((leaf) => {
      const canary = registry.canaries[leaf] as OwnCanary;
      const use: DisclosedUse =
        canary.key === null
          ? 'found'
          : registry.heldOut.has(canary.record.id)
            ? 'twin'
            : index === 0
              ? 'evidence'
              : 'after-release';
      return { canary, use };
    }),
  );
}

/** Asks canary by canary, panel-synchronously, and stops suspects as the plan's rule says. */
export function play(
  base: Base,
  registries: readonly OwnRegistry[],
  rule: 'label' | 'fixed',
): Played {
  const canaries: DisclosedCanary[] = [];
  const attempts: EvidenceAttempt[] = [];
  const seals: EvidenceDocument['seals'][number][] = [];
  const undisclosed: { registry: number; leafIndex: number; reason: NotAskedReason }[] = [];
  let clock = 200;
  let result = emptyResult(base);
  const at = () =>
    ({
      ...base,
      canaries,
      attempts,
      adjudications: [],
      seals,
      undisclosed,
      evaluation: result,
      tierB: null,
      custody: { lines: [], checkpointSigstore: new Uint8Array(0) },
    }) satisfies EvidenceDocument;
  for (const { canary, use } of stepsOf(registries)) {
    const stopped = new Set(
      result.suspects
        .filter(({ stoppedAt }) => stoppedAt !== null)
        .map((suspect) => suspect.target),
    );
    const suspects = base.panel.filter(({ role }) => role === 'suspect');
    if (use === 'evidence' && suspects.every(({ name }) => stopped.has(name))) {
      undisclosed.push({
        registry: canary.registry,
        leafIndex: canary.leafIndex,
        reason: 'stopped',
      });
      continue;
    }
    canaries.push({
      registry: canary.registry,
      leafIndex: canary.leafIndex,
      record: canary.bytes,
      salt: canary.salt,
      key: canary.key,
      use,
    });
    for (const member of base.panel) {
      if (use === 'evidence' && stopped.has(member.name)) continue;
      const known = ['guilty', 'student'].includes(member.name) && use === 'evidence';
      const drawn = drawnResponse(registries, canary);
      let previous: string | null = null;
      exchanges(member, canary, known ? drawn : null).forEach((wire, index) => {
        const id = `a-${attempts.length + 1}`;
        attempts.push(
          attemptOf({
            member,
            canary,
            wire,
            id,
            number: index + 1,
            retryOf: previous,
            start: clock++,
          }),
        );
        previous = id;
      });
    }
    const own = attempts.filter(({ canaryId }) => canaryId === canary.record.id);
    seals.push({
      sequence: seals.length + 1,
      canaryId: canary.record.id,
      sha256: sealDigest(own),
      sealedUtc: time(++clock),
      openedUtc: time(++clock),
    });
    if (rule === 'label') result = evaluate(derive(at()).input);
  }
  const derived = derive(at());
  return {
    canaries,
    attempts,
    adjudications: adjudicationsOf(attempts),
    seals,
    undisclosed,
    evaluation: evaluate(derived.input),
    tierB: derived.tierB,
  };
}

/** Two verdicts on samples of the first canary, as people give them after the run. */
function adjudicationsOf(attempts: readonly EvidenceAttempt[]): Adjudication[] {
  return attempts.slice(0, 2).map(({ canaryId, target, k }, index) => ({
    id: index + 1,
    canaryId,
    target,
    k,
    verdict: index === 0 ? 'confirm' : 'dispute',
    reason: index === 0 ? 'Read again: it names the word.' : 'A quotation, <b>not</b> an answer.',
    actor: 'Analyst A',
    createdUtc: time(85_000 + index),
  }));
}

function emptyResult(base: Base) {
  return evaluate({
    panel: base.panel.map(({ name, role }) => ({ target: name, role })),
    suspects: base.panel.filter(({ role }) => role === 'suspect').length,
    rule: 'label',
    canaries: [],
    state: 'running',
  });
}

function drawnResponse(registries: readonly OwnRegistry[], canary: OwnCanary): string {
  const registry = registries[canary.registry - 1] as OwnRegistry;
  if (canary.key === null) return '';
  const { responses, id } = canary.record;
  return responses[drawIndex(registry.context, { id, key: canary.key }, responses.length)] ?? '';
}

interface AttemptInput {
  readonly member: PanelTarget;
  readonly canary: OwnCanary;
  readonly wire: Wire;
  readonly id: string;
  readonly number: number;
  readonly retryOf: string | null;
  readonly start: number;
}

function attemptOf({
  member,
  canary,
  wire,
  id,
  number,
  retryOf,
  start,
}: AttemptInput): EvidenceAttempt {
  const built = buildRequest(member, {
    messages: canary.record.messages,
    parameters: member.parameters,
    keyName: null,
  });
  const reading = readAttempt(wire, member);
  if (reading.outcome !== wire.outcome) throw new Error(`fixture: ${reading.outcome}`);
  return {
    id,
    target: member.name,
    canaryId: canary.record.id,
    k: 1,
    number,
    retryOf,
    startedUtc: time(start),
    endedUtc: wire.outcome === 'interrupted' ? null : time(start + 0.5),
    request: {
      method: built.method,
      url: built.url,
      headers: [...built.headers, ['authorization', '[REDACTED]']],
      body: built.body ?? new Uint8Array(),
    },
    custodySalt: sha256(utf8(`salt of ${id}`)),
    ...wire,
  };
}
