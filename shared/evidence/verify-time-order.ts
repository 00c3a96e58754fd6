import { z } from 'zod';
import { findChain, roundTimeMs } from './beacon.ts';
import { fromUtf8, sha256Hex } from './bytes.ts';
import type { Files } from './content.ts';
import { readBundle } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { readExcerpt, shownLines } from './excerpt.ts';
import { parseJsonStrict } from './json-strict.ts';
import { DATA, registrationPath, STATEMENT } from './layout.ts';
import type { TimestampFacts } from './timestamp.ts';

/** A clock may be off by as much as the client accepts from an authority. */
const TOLERANCE_MS = 10 * 60_000;

const resultsSchema = z.object({ created_utc: z.string(), run: z.object({ id: z.string() }) });
const registrationSchema = z.object({ created_utc: z.string() });
const protocolSchema = z.object({
  beacon: z.object({ chain: z.string(), round: z.number() }).nullable(),
});
const sealSchema = z.object({ predicate: z.object({ sealed_utc: z.string() }) });
const startedSchema = z.object({ stamps_sha256: z.array(z.string()) });

/** Facts of the stamps over each signed file of a bag; a file whose stamps do not hold is missing. */
type StampFacts = ReadonlyMap<string, readonly TimestampFacts[]>;

function read<T>(files: Files, path: string, schema: z.ZodType<T>): T {
  const bytes = files.get(path);
  assertEvidence(bytes !== undefined, `${path} is missing`);
  return parsed(bytes, path, schema);
}

function parsed<T>(bytes: Uint8Array, path: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parseJsonStrict(fromUtf8(bytes)));
  assertEvidence(result.success, `${path} cannot be read`);
  return result.data;
}

const runOf = (files: Files) => read(files, DATA.results, resultsSchema).run.id;

function ownLines(files: Files) {
  const lines = shownLines(readExcerpt(files.get(DATA.custody) ?? new Uint8Array()));
  const run = runOf(files);
  return { lines, own: lines.filter(({ data }) => data.audit === run) };
}

/** SHA-256 of the stamps that the first line of this run names: the run is younger than they are. */
export function stampsNamedByRun(files: Files): string[] {
  const [start] = ownLines(files).own.filter(({ kind }) => kind === 'audit.started');
  const named = startedSchema.safeParse(start?.data);
  return named.success ? named.data.stamps_sha256 : [];
}

/** When a signed file says that it was made. */
function claimed(files: Files, path: string): string | null {
  if (path === STATEMENT) return read(files, DATA.results, resultsSchema).created_utc;
  if (path === DATA.planSeal) {
    const { payload } = readBundle(files.get(path) ?? new Uint8Array());
    return parsed(payload, path, sealSchema).predicate.sealed_utc;
  }
  if (path === DATA.checkpoint) return ownLines(files).lines.at(-1)?.at ?? null;
  return read(
    files,
    path.replace('registration.sigstore.json', 'registration.json'),
    registrationSchema,
  ).created_utc;
}

/**
 * Files that were stamped before the time that they give themselves: the clock was ahead. That is told and is no pass, but
 * no forgery either, since nobody gains by seeming later; a clock that was corrected must not make a bag useless.
 */
function aheadOfStamp(files: Files, facts: StampFacts): string[] {
  return [...facts].flatMap(([path, stamps]) => {
    const made = claimed(files, path);
    const older = stamps.find(
      ({ genTime }) => made !== null && Date.parse(genTime) + TOLERANCE_MS < Date.parse(made),
    );
    return older === undefined
      ? []
      : [
          `${path} says that it was made at ${made}, and was stamped before, at ${older.genTime}: its clock was wrong`,
        ];
  });
}

/** The run's first line names stamps: none of its lines can be older than they are, whatever clock wrote them. */
function checkRunClock(files: Files, facts: StampFacts): void {
  const named = new Set(stampsNamedByRun(files));
  const { own } = ownLines(files);
  const earliest = own.map(({ at }) => at).sort()[0];
  for (const [path, stamps] of facts) {
    const sources = readBundle(files.get(path) ?? new Uint8Array()).stamps;
    for (const [index, { genTime }] of stamps.entries()) {
      const source = sources[index];
      if (source === undefined || !named.has(sha256Hex(source))) continue;
      assertEvidence(
        earliest === undefined || Date.parse(earliest) + TOLERANCE_MS >= Date.parse(genTime),
        `the log says that the run was under way at ${earliest}, and it names a stamp of ${genTime}: its clock was wrong`,
      );
    }
  }
}

/** Whether trusted stamps show that each registration was made before the round that it announced was published. */
function roundsAhead(files: Files, facts: StampFacts): { proven: string[]; open: string[] } {
  const proven: string[] = [];
  const open: string[] = [];
  for (let number = 1; files.has(registrationPath(number, 'protocol.json')); number++) {
    const { beacon } = read(files, registrationPath(number, 'protocol.json'), protocolSchema);
    const chain = beacon === null ? null : findChain(beacon.chain);
    if (beacon === null || chain === null) continue;
    const publishedMs = roundTimeMs(chain, beacon.round);
    const stamps = facts.get(registrationPath(number, 'registration.sigstore.json')) ?? [];
    const inTime = stamps.some(
      ({ anchor, genTime }) => anchor === 'trusted' && Date.parse(genTime) < publishedMs,
    );
    (inTime ? proven : open).push(`registry ${number}`);
  }
  return { proven, open };
}

/**
 * The stamps against the times that the bag gives itself, and against the beacon rounds: what is stamped before its round
 * was published was not chosen after it. `unproven` where no trusted stamp shows that.
 */
export function timeOrder(files: Files, facts: StampFacts) {
  checkRunClock(files, facts);
  const all = [...facts.values()].flat();
  const { proven, open } = roundsAhead(files, facts);
  const wrong = aheadOfStamp(files, facts);
  const words = [
    ...wrong,
    ...(all.length === 0 ? ['no stamp to compare with: all times are the laboratory’s word'] : []),
    ...(all.length > 0 && wrong.length === 0
      ? [`${all.length} stamps agree with the times given`]
      : []),
    ...(proven.length === 0 ? [] : [`${proven.join(', ')}: stamped before the announced round`]),
    ...(open.length === 0
      ? []
      : [
          `${open.join(', ')}: no trusted stamp from before the announced round, so that its draws could have been foreseen`,
        ]),
  ];
  const isProven =
    wrong.length === 0 && open.length === 0 && all.some(({ anchor }) => anchor === 'trusted');
  return {
    status: isProven ? ('passed' as const) : ('unproven' as const),
    detail: words.join('; '),
  };
}
