import type { Role } from '#shared/domain/target.ts';
import { type BeaconRound, verifyBeaconRound } from '#shared/evidence/beacon.ts';
import { utf8 } from '#shared/evidence/bytes.ts';
import type { EvidenceDocument, PanelTarget } from '#shared/evidence/document.ts';
import { signStatement } from '#shared/evidence/dsse.ts';
import { FULL_PRESENTATION } from '#shared/evidence/presentation.ts';
import { planSealStatement } from '#shared/evidence/statements.ts';
import { VERSION } from '#shared/util/version.ts';
import { CHAT } from '../helpers/wire.ts';
import { custodyExtract } from './honest-custody.ts';
import { makeRegistry, newSigner, time } from './honest-registry.ts';
import { play } from './honest-run.ts';

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
  const played = play(base, registries, options.rule);
  const custody = await custodyExtract({ ...base, ...played }, signer);
  return { document: { ...base, ...played, custody }, signer };
}
