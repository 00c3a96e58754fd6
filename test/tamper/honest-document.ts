import type { Role } from '#shared/domain/target.ts';
import { type BeaconRound, verifyBeaconRound } from '#shared/evidence/beacon.ts';
import { sha256, sha256Hex, utf8 } from '#shared/evidence/bytes.ts';
import { checkpointOf, custodyLineBytes, ZERO_HASH } from '#shared/evidence/custody.ts';
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
import { type Signer, signStatement } from '#shared/evidence/dsse.ts';
import { FULL_PRESENTATION } from '#shared/evidence/presentation.ts';
import { readAttempt } from '#shared/evidence/reading.ts';
import { exchangeCommitment, sealDigest } from '#shared/evidence/seal.ts';
import { checkpointStatement, planSealStatement } from '#shared/evidence/statements.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { VERSION } from '#shared/util/version.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { CHAT } from '../helpers/wire.ts';
import { exchanges, type Wire } from './honest-answers.ts';
import {
  makeRegistry,
  newSigner,
  type OwnCanary,
  type OwnRegistry,
  time,
} from './honest-registry.ts';

// An honest run in small, made with the product's own parts: what a laboratory would hold after it.

function target(name: string, role: Role, stream = false): PanelTarget {
  return {
    name,
    role,
    ...CHAT,
    baseUrl: 'http://127.0.0.1:9/v1',
    model: `model-${name}`,
    stream,
    parameters: { temperature: 0.7, max_tokens: 64 },
    headers: name === 'control-a' ? { 'x-team': 'red' } : {},
    limits: {
      concurrency: null,
      requestsPerMinute: 60,
      tokensPerMinute: null,
      costUsd: null,
      exposures: null,
    },
    price: null,
    released: role === 'temporal-control' ? '2025-01-01' : null,
  };
}

function planYaml(panel: readonly PanelTarget[], options: HonestOptions): Uint8Array {
  const members = panel
    .map(({ name, role }) => `  - { target: ${name}, role: ${role} }`)
    .join('\n');
  return utf8(`# the sealed plan of the fixture
trapstreet: plan/1
name: Fixture audit
question: Did any suspect learn from the served answers?
panel:
${members}
canaries:
  registries:
    - { number: 1, use: evidence }
    - { number: 2, use: after-release }
  found: all
samples: 1
parameters: { temperature: 0.7 }
stop: { rule: ${options.rule}, allTwins: true }
retry: { attempts: 1, waitMs: 0, maxRetryAfterMs: 1000 }
`);
}

export interface HonestOptions {
  readonly rule: 'label' | 'fixed';
  /** Drawn canaries of registry 1. */
  readonly drawn: number;
  readonly n: number;
  readonly beacon: string | null;
  /** Published rounds of registries 1 and 2; their randomness takes the place of `beacon`. */
  readonly drand: readonly [BeaconRound, BeaconRound] | null;
  /** Only the guilty suspect, so that the run stops early and skips served canaries. */
  readonly oneSuspect: boolean;
}

const DEFAULTS: HonestOptions = {
  rule: 'label',
  drawn: 12,
  n: 48,
  beacon: '11'.repeat(32),
  drand: null,
  oneSuspect: false,
};

interface Step {
  readonly canary: OwnCanary;
  readonly use: DisclosedUse;
}

export interface Honest {
  readonly document: EvidenceDocument;
  readonly signer: ReturnType<typeof newSigner>;
}

/** A finished, honest run: a suspect that learned the served answers, one that did not, controls, a known positive. */
export async function honestDocument(overrides: Partial<HonestOptions> = {}): Promise<Honest> {
  const options = { ...DEFAULTS, ...overrides };
  const signer = newSigner();
  const beaconOf = (index: 0 | 1) =>
    options.drand === null
      ? { beacon: options.beacon }
      : { beacon: verifyBeaconRound(options.drand[index]), drand: options.drand[index] };
  const first = await makeRegistry(
    {
      number: 1,
      drawn: options.drawn,
      found: 2,
      n: options.n,
      heldOutPpm: 500_000,
      ...beaconOf(0),
      previous: null,
    },
    signer,
  );
  const second = await makeRegistry(
    {
      number: 2,
      drawn: 3,
      found: 0,
      n: options.n,
      heldOutPpm: 0,
      ...beaconOf(1),
      previous: first.files.registration,
    },
    signer,
  );
  const registries = [first, second];
  const panel = [
    target('guilty', 'suspect'),
    ...(options.oneSuspect ? [] : [target('clean', 'suspect', true)]),
    target('control-a', 'control'),
    target('control-b', 'control'),
    target('old', 'temporal-control'),
    target('student', 'known-positive'),
  ];
  const yaml = planYaml(panel, options);
  const sealSigstore = await signStatement(
    planSealStatement({
      planYaml: yaml,
      panel,
      registrations: registries.map(({ files }) => files.registration),
      sealedUtc: time(100),
    }),
    signer,
  );
  const base = {
    profile: 'internal' as const,
    clockOffsetMs: 12,
    presentation: FULL_PRESENTATION,
    reportId: '3f0e0f9e-6c8e-4c1b-9a54-0a4c7e3d1f20',
    createdUtc: time(90_000),
    lab: 'Fixture laboratory <i>',
    analyst: 'Analyst A',
    tool: { name: 'trapstreet', version: VERSION, runtime: 'fixture' },
    case: { id: 'case-1', title: 'Fixture case' },
    run: { id: 'run-1', startedUtc: time(101), endedUtc: time(80_000) },
    plan: { yaml, sealSigstore },
    registrations: registries.map(({ files }) => files),
    panel,
    state: 'complete' as const,
    limits: ['The fixture asks few canaries.'],
    signerPublicKeyPem: signer.pem,
  };
  const played = play(base, registries, options);
  const custody = await custodyExtract({ ...base, ...played }, signer);
  return { document: { ...base, ...played, custody }, signer };
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
function play(base: Base, registries: readonly OwnRegistry[], options: HonestOptions): Played {
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
    if (options.rule === 'label') result = evaluate(derive(at()).input);
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
