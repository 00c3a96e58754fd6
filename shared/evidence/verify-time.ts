import { z } from 'zod';
import { canonicalJsonFile, concat, fromBase64, fromUtf8, sha256Hex, toBase64 } from './bytes.ts';
import type { Files } from './content.ts';
import { readBundle, type SignedPayload } from './dsse.ts';
import { assertEvidence, EvidenceError } from './errors.ts';
import { parseJsonStrict } from './json-strict.ts';
import { readKeyHistory } from './key-history.ts';
import { ATTACHED, DATA, registrationPath, STATEMENT } from './layout.ts';
import type { TimestampFacts } from './timestamp.ts';
import type { VerifyCheck } from './verify.ts';
import { stampsNamedByRun, timeOrder } from './verify-time-order.ts';

const MAX_RENEWALS = 1_000;

const renewalSchema = z.strictObject({ over_sha256: z.string(), tsr: z.string() });

/** stamp-renewals.jsonl: whole stamps over older whole stamps, one canonical JSON line each. */
export function renewalsFile(
  renewals: readonly { readonly over: Uint8Array; readonly tsr: Uint8Array }[],
): Uint8Array {
  return concat(
    ...renewals.map(({ over, tsr }) =>
      canonicalJsonFile({ over_sha256: sha256Hex(over), tsr: toBase64(tsr) }),
    ),
  );
}

type Stamper = (response: Uint8Array, data: Uint8Array) => Promise<TimestampFacts>;

const LIMITS = {
  stamp:
    'That the signature existed at this time, by the word of the authority; not that what it says is true.',
  log: 'Only that no stamp was left out that the run already knew.',
  renewal: 'Only that the older stamp existed at this time.',
  order: 'Times between two stamps are the laboratory’s own.',
} as const;

/** What a check found; unstamped is never shown as a pass. */
type Found = Pick<VerifyCheck, 'status' | 'detail'>;

/**
 * The time stamps of a bag: over its statement, registrations, plan seal, checkpoint and keys, each checked in full. Roots
 * in the bag are copies: only `tsaRootsPem`, from outside, makes a stamp trusted. With roots given, a report statement that
 * carries no stamp under one of them fails. Never throws.
 */
export async function verifyStamps(
  files: Files,
  options: { readonly tsaRootsPem?: string } = {},
): Promise<VerifyCheck[]> {
  const checks: VerifyCheck[] = [];
  const run = async (name: string, limit: string, body: () => Promise<Found>): Promise<void> => {
    try {
      checks.push({ name, limit, ...(await body()) });
    } catch (error) {
      const detail = error instanceof EvidenceError ? error.message : 'it cannot be read';
      checks.push({ name, limit, status: 'failed', detail });
    }
  };
  const rootsGiven = options.tsaRootsPem !== undefined;
  let check: Stamper = () => Promise.reject(new EvidenceError('the given roots cannot be read'));
  await run('time stamp roots', 'Not that the authority deserves trust.', async () => {
    const made = await stamper(files, options.tsaRootsPem);
    check = made.check;
    return made.found;
  });
  const known = new Map<string, TimestampFacts[]>();
  for (const { name, path } of signedFiles(files))
    await run(name, LIMITS.stamp, async () => {
      const bytes = files.get(path);
      assertEvidence(bytes !== undefined, `${path} is missing`);
      const needsTrust = rootsGiven && path === STATEMENT;
      const facts = await factsOf(readBundle(bytes), check);
      known.set(path, facts);
      return describe(facts, { rootsGiven, needsTrust });
    });
  if (files.has(ATTACHED.keys))
    await run('key stamps', LIMITS.stamp, () => keyStamps(files, check, rootsGiven));
  await run('stamps named by the log', LIMITS.log, async () => loggedStamps(files));
  await run('time order', LIMITS.order, async () => timeOrder(files, known));
  if (files.has(ATTACHED.renewals))
    await run('stamp renewals', LIMITS.renewal, () => renewals(files, check, rootsGiven));
  return checks;
}

async function stamper(files: Files, pem: string | undefined) {
  const [{ checkTimestamp }, { readCertificates }] = await Promise.all([
    import('./timestamp.ts'),
    import('./timestamp-certificate.ts'),
  ]);
  const trusted = pem === undefined ? [] : readCertificates(pem);
  const copy = files.get(ATTACHED.roots);
  const copies = copy === undefined ? [] : readCertificates(fromUtf8(copy));
  const check: Stamper = (response, data) => checkTimestamp(response, { data, trusted, copies });
  const found: Found =
    trusted.length > 0
      ? { status: 'passed', detail: `${trusted.length} given by you` }
      : {
          status: 'unproven',
          detail: `none given; ${copies.length} copies in the bag, which found no trust`,
        };
  return { check, found };
}

function signedFiles(files: Files): { name: string; path: string }[] {
  const list = [{ name: 'report stamp', path: STATEMENT }];
  for (let number = 1; files.has(registrationPath(number, 'registration.json')); number++)
    list.push({
      name: `registration ${number} stamp`,
      path: registrationPath(number, 'registration.sigstore.json'),
    });
  return [
    ...list,
    { name: 'plan seal stamp', path: DATA.planSeal },
    { name: 'checkpoint stamp', path: DATA.checkpoint },
  ];
}

async function factsOf(signed: SignedPayload, check: Stamper): Promise<TimestampFacts[]> {
  const facts: TimestampFacts[] = [];
  for (const stamp of signed.stamps) facts.push(await check(stamp, signed.signature));
  return facts;
}

function describe(
  unsorted: readonly TimestampFacts[],
  { rootsGiven, needsTrust }: { readonly rootsGiven: boolean; readonly needsTrust: boolean },
): Found {
  const facts = unsorted.toSorted((a, b) => a.genTime.localeCompare(b.genTime));
  const trusted = facts.filter(({ anchor }) => anchor === 'trusted');
  const [first] = trusted.length > 0 ? trusted : facts;
  if (first === undefined)
    return {
      status: needsTrust ? 'failed' : 'unproven',
      detail: 'UNSTAMPED: its time is the laboratory’s word alone',
    };
  const said = `${first.genTime} by ${first.signer} (policy ${first.policy})`;
  if (trusted.length > 0) return { status: 'passed', detail: said };
  return {
    status: needsTrust ? 'failed' : 'unproven',
    detail: `${said}: consistent, but its root is not ${rootsGiven ? 'one of those given' : 'trusted by you; give the authority’s root'}`,
  };
}

async function keyStamps(files: Files, check: Stamper, rootsGiven: boolean): Promise<Found> {
  const keys = readKeyHistory(files.get(ATTACHED.keys) ?? new Uint8Array());
  let stamped = 0;
  let trusted = 0;
  for (const { sigstore } of keys) {
    const facts = await factsOf(readBundle(sigstore), check);
    if (facts.length > 0) stamped += 1;
    if (facts.some(({ anchor }) => anchor === 'trusted')) trusted += 1;
  }
  return {
    status: trusted === keys.length ? 'passed' : 'unproven',
    detail: `${stamped} of ${keys.length} keys stamped${rootsGiven ? `, ${trusted} under roots given by you` : ''}`,
  };
}

/** `audit.started` names the stamps of registrations and seal when this run began: none of them may be missing. */
function loggedStamps(files: Files): Found {
  const present = new Set<string>();
  for (const { path } of signedFiles(files)) {
    const bytes = files.get(path);
    if (bytes !== undefined)
      for (const stamp of readBundle(bytes).stamps) present.add(sha256Hex(stamp));
  }
  const named = stampsNamedByRun(files);
  const missing = named.filter((hash) => !present.has(hash)).length;
  assertEvidence(missing === 0, `${missing} stamps that the log names are not in the bag`);
  return named.length === 0
    ? { status: 'unproven', detail: 'the run began without a time stamp' }
    : {
        status: 'passed',
        detail: `the run’s first line names ${named.length} stamps: it is younger than they are`,
      };
}

async function renewals(files: Files, check: Stamper, rootsGiven: boolean): Promise<Found> {
  const text = fromUtf8(files.get(ATTACHED.renewals) ?? new Uint8Array());
  const lines = text.split('\n').filter((line) => line !== '');
  assertEvidence(lines.length <= MAX_RENEWALS, `more than ${MAX_RENEWALS} renewals`);
  const known = new Map<
    string,
    { readonly tsr: Uint8Array; readonly facts: TimestampFacts | null }
  >();
  for (const { path } of signedFiles(files)) {
    const bytes = files.get(path);
    if (bytes === undefined) continue;
    const { signature, stamps } = readBundle(bytes);
    for (const tsr of stamps)
      known.set(sha256Hex(tsr), { tsr, facts: await check(tsr, signature) });
  }
  let trusted = 0;
  for (const line of lines) {
    const renewal = renewalSchema.safeParse(parseJsonStrict(line));
    assertEvidence(renewal.success, 'a renewal is malformed');
    const older = known.get(renewal.data.over_sha256);
    assertEvidence(older !== undefined, 'a renewal is over a stamp that is not in the bag');
    const tsr = fromBase64(renewal.data.tsr);
    const facts = await check(tsr, older.tsr);
    assertEvidence(
      older.facts === null || facts.genTime <= older.facts.signerNotAfter,
      'a renewal came after the certificate of the older stamp had ended',
    );
    if (facts.anchor === 'trusted') trusted += 1;
    known.set(sha256Hex(tsr), { tsr, facts });
  }
  const isTrusted = rootsGiven && trusted === lines.length;
  return {
    status: isTrusted ? 'passed' : 'unproven',
    detail: `${lines.length} renewals, each over an older stamp whose certificate was still valid; ${trusted} under roots given by you`,
  };
}
