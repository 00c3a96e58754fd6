import { sha256Hex } from '../evidence/bytes.ts';
import { formatCount, formatUtc } from '../util/format.ts';
import { visible } from '../util/visible.ts';
import { type Block, type Line, mono, text } from './blocks.ts';
import type { ReportFacts } from './facts.ts';

const BLANK = '______________________________';

/** What a qualified person needs for a written certification; nothing here is signed by the tool. */
export function worksheetSection({
  head,
  fingerprint,
  contentsSha256,
  requests,
  canaries,
}: ReportFacts): readonly Block[] {
  const { tool, run } = head;
  const known: [string, Line][] = [
    [
      'Process',
      'Canary comparison, method-1: method.md in the bag and “Method in plain words” here.',
    ],
    ['System', visible(`${tool.name} ${tool.version}, ${tool.runtime}`)],
    ['Components', 'sbom.cdx.json in the bag (CycloneDX), where it was built with one.'],
    [
      'Corpus',
      `${formatCount(requests)} HTTP exchanges about ${formatCount(canaries.length)} canaries, ${formatUtc(run.startedUtc)} to ${run.endedUtc === null ? 'still open' : formatUtc(run.endedUtc)}`,
    ],
    ['Sealed plan, SHA-256', [mono(sha256Hex(head.plan.yaml))]],
    ['Data files, SHA-256', [mono(contentsSha256)]],
    ['Signing key', [mono(fingerprint)]],
    ['Hash function', 'SHA-256 (FIPS 180-4); signature ECDSA P-256 (FIPS 186-5)'],
    ['Copies', 'sha256sum -c manifest-sha256.txt compares a copy with what was signed.'],
    [
      'Known error rate',
      'Under the second proposition E reaches x with a chance of at most 1/x. Controls of this run: see “Controls and other explanations”.',
    ],
    ['Who ran it', visible(head.analyst)],
    ['For', visible(head.lab)],
  ];
  const open: [string, Line][] = [
    'Name and qualification of the person who certifies',
    'Verifying tool, its version, and where it came from',
    'Result of the verification and its date',
    'How the key’s fingerprint was received, and from whom',
    'Deviations from the usual process, and why',
    'Notice given to the other side, on',
    'Place, date, signature',
  ].map((name) => [name, BLANK]);
  return [
    text(
      'For a certification by a qualified person (such as under FRE 902(13) and (14)). What the tool knows is filled in; the rest is for the person who signs. It speaks of authenticity only, not of relevance or of what the findings mean.',
    ),
    { kind: 'facts', rows: known },
    { kind: 'facts', rows: open },
    text(
      'I certify that the statements above are true to my knowledge, and that the copies named here were compared by hash with what the process recorded.',
    ),
  ];
}
