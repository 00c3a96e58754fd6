import type { z } from 'zod';
import { readAttemptHead } from './attempt-head.ts';
import { beaconRoundOf } from './beacon.ts';
import { canonicalJson, fromBase64, fromHex, fromUtf8 } from './bytes.ts';
import type {
  DisclosedCanary,
  EvidenceAttempt,
  EvidenceDocument,
  Profile,
  Registration,
  ReportHead,
} from './document.ts';
import { assertEvidence, EvidenceError } from './errors.ts';
import { readExcerpt } from './excerpt.ts';
import { fileLines } from './file-lines.ts';
import { parseJsonStrict } from './json-strict.ts';
import { DATA, PUBLIC_KEY, REGISTRATION_PATTERN, recordPath, registrationPath } from './layout.ts';
import { presentationSchema } from './presentation.ts';
import { readCanonicalFile } from './registration.ts';
import {
  adjudicationRow,
  type DisclosureRow,
  disclosureRow,
  drawFileSchema,
  notAskedRow,
  resultsSchema,
  sealRow,
  type TranscriptRow,
  transcriptRow,
} from './rows.ts';
import { targetsFileSchema } from './targets.ts';

/** A bag read back, with the derived values that it claims beside the document. */
export interface ReadBag {
  readonly document: EvidenceDocument;
  readonly disclosures: readonly DisclosureRow[];
  readonly transcripts: readonly TranscriptRow[];
}

type Files = ReadonlyMap<string, Uint8Array>;

export function bytesOf(files: Files, path: string): Uint8Array {
  const bytes = files.get(path);
  assertEvidence(bytes !== undefined, `${path} is missing`);
  return bytes;
}

export function readLines<T>(files: Files, path: string, schema: z.ZodType<T>): T[] {
  const bytes = bytesOf(files, path);
  if (bytes.length === 0) return [];
  return fileLines(bytes, path).map((line, index) =>
    readLine(line, schema, `${path}, line ${index + 1},`),
  );
}

function readLine<T>(line: string, schema: z.ZodType<T>, name: string): T {
  let value: unknown;
  try {
    value = parseJsonStrict(line);
  } catch (error) {
    throw new EvidenceError(`${name} ${error instanceof Error ? error.message : 'is not JSON'}`);
  }
  const parsed = schema.safeParse(value);
  assertEvidence(parsed.success, `${name} does not have its fields`);
  assertEvidence(
    fromUtf8(canonicalJson(parsed.data)) === line,
    `${name} is not in its canonical form`,
  );
  return parsed.data;
}

function readRegistrations(files: Files): Registration[] {
  const count = [...files.keys()].filter((path) => REGISTRATION_PATTERN.test(path)).length;
  return Array.from({ length: count }, (_, index) => {
    const at = (file: Parameters<typeof registrationPath>[1]) => registrationPath(index + 1, file);
    const draw = readCanonicalFile(
      bytesOf(files, at('draw.json')),
      drawFileSchema,
      at('draw.json'),
    );
    return {
      registration: bytesOf(files, at('registration.json')),
      registrationSigstore: bytesOf(files, at('registration.sigstore.json')),
      commitments: bytesOf(files, at('commitments.txt')),
      protocol: bytesOf(files, at('protocol.json')),
      draw:
        draw === null
          ? null
          : {
              beacon: draw.beacon,
              source: draw.source,
              drawnUtc: draw.drawn_utc,
              ...(draw.drand === undefined ? {} : { drand: beaconRoundOf(draw.drand) }),
            },
    };
  });
}

export function readCanary(files: Files, row: DisclosureRow): DisclosedCanary {
  return {
    registry: row.registry,
    leafIndex: row.leaf_index,
    record: bytesOf(files, recordPath(row.registry, row.leaf_index)),
    salt: fromHex(row.salt),
    key: row.key === null ? null : fromHex(row.key),
    use: row.use,
  };
}

export function readAttemptRow(row: TranscriptRow): EvidenceAttempt {
  const { request, response } = row;
  return {
    ...readAttemptHead(row),
    request: {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: fromBase64(request.body),
    },
    response:
      response === null
        ? null
        : {
            status: response.status,
            headers: response.headers,
            body: fromBase64(response.body),
          },
    custodySalt: fromHex(row.custody_salt),
  };
}

/** What every profile holds. */
export function readHead(files: Files): ReportHead {
  const results = readCanonicalFile(bytesOf(files, DATA.results), resultsSchema, DATA.results);
  return {
    profile: results.profile,
    reportId: results.report_id,
    createdUtc: results.created_utc,
    lab: results.lab,
    analyst: results.analyst,
    tool: results.tool,
    case: results.case,
    clockOffsetMs: results.signer_clock_offset_ms,
    run: {
      id: results.run.id,
      startedUtc: results.run.started_utc,
      endedUtc: results.run.ended_utc,
    },
    plan: { yaml: bytesOf(files, DATA.plan), sealSigstore: bytesOf(files, DATA.planSeal) },
    registrations: readRegistrations(files),
    undisclosed: readLines(files, DATA.notAsked, notAskedRow).map((row) => ({
      registry: row.registry,
      leafIndex: row.leaf_index,
      reason: row.reason,
    })),
    seals: readLines(files, DATA.seals, sealRow).map((row) => ({
      sequence: row.sequence,
      canaryId: row.canary,
      sha256: row.sha256,
      sealedUtc: row.sealed_utc,
      openedUtc: row.opened_utc,
    })),
    custody: {
      lines: readExcerpt(bytesOf(files, DATA.custody)),
      checkpointSigstore: bytesOf(files, DATA.checkpoint),
    },
    state: results.state,
    evaluation: results.evaluation,
    tierB: results.tier_b,
    limits: results.limits,
    presentation: readCanonicalFile(
      bytesOf(files, DATA.presentation),
      presentationSchema,
      DATA.presentation,
    ),
    signerPublicKeyPem: fromUtf8(bytesOf(files, PUBLIC_KEY)),
  };
}

/** The profile that a bag says it has; null where that cannot be read. */
export function profileOf(files: Files): Profile | null {
  try {
    return readHead(files).profile;
  } catch {
    return null;
  }
}

/** Reads the files of a bag that withholds no text into the document they were written from. Throws EvidenceError naming file and line. */
export function readBag(files: Files): ReadBag {
  const { profile, ...head } = readHead(files);
  assertEvidence(profile !== 'public', 'a public bag holds no texts');
  const disclosures = readLines(files, DATA.disclosures, disclosureRow);
  const transcripts = readLines(files, DATA.transcripts, transcriptRow);
  const document: EvidenceDocument = {
    ...head,
    profile,
    canaries: disclosures.map((row) => readCanary(files, row)),
    panel: readCanonicalFile(bytesOf(files, DATA.targets), targetsFileSchema, DATA.targets),
    attempts: transcripts.map(readAttemptRow),
    adjudications: readLines(files, DATA.adjudications, adjudicationRow).map(
      ({ canary, created_utc, ...row }) => ({ ...row, canaryId: canary, createdUtc: created_utc }),
    ),
  };
  return { document, disclosures, transcripts };
}
