import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { contentFor } from '#shared/evidence/content.ts';
import { shownLines } from '#shared/evidence/excerpt.ts';
import { FULL_PRESENTATION } from '#shared/evidence/presentation.ts';
import { NOT_IN_PUBLIC } from '#shared/evidence/verify.ts';
import { evidenceDocument } from '../evidence/document.ts';
import type { Session } from '../workspace/session.ts';

type Item = Output<'bundle.preview'>['items'][number];

/** What a bundle would disclose, counted from the audit itself. Writes nothing. Errors: NOT_FOUND, CONFLICT. */
export async function previewBundle(
  session: Session,
  { auditId, profile }: ParsedInput<'bundle.preview'>,
): Promise<Output<'bundle.preview'>> {
  const document = await evidenceDocument(session, {
    auditId,
    lab: '',
    analyst: '',
    presentation: FULL_PRESENTATION,
  });
  const { head } = contentFor(document, profile);
  const open = profile !== 'public';
  const shown = shownLines(head.custody.lines);
  const hidden = head.custody.lines.length - shown.length;
  const actors = new Set(shown.map(({ actor }) => actor));
  const texts = (what: string, count: number, detail: string): Item => ({
    what,
    disclosed: open ? 'yes' : 'no',
    count,
    detail,
  });
  const items: Item[] = [
    texts('Prompts', document.canaries.length, 'of every canary that was asked'),
    texts('Responses', document.canaries.length, 'drawn responses and the whole candidate lists'),
    texts('Answers', document.attempts.length, 'as the targets gave them'),
    texts('Exchanges', document.attempts.length, 'requests and responses byte for byte'),
    texts('Addresses', document.panel.length, 'of the targets, with headers and parameters'),
    {
      what: 'Scores',
      disclosed: 'yes',
      count: document.canaries.length,
      detail: 'id, place in the registry, index of the draw, indices found by each target',
    },
    {
      what: 'Canaries not asked',
      disclosed: 'part',
      count: document.undisclosed.length,
      detail: 'commitment, index and reason; never a text',
    },
    {
      what: 'Sealed plan',
      disclosed: 'yes',
      count: 1,
      detail: 'with its question, its comments and the names and models of the targets',
    },
    {
      what: 'Custody log',
      disclosed: hidden === 0 ? 'yes' : 'part',
      count: shown.length,
      detail: hidden === 0 ? 'every line' : `${hidden} lines of other matters as hashes only`,
    },
    {
      what: 'Names',
      disclosed: 'yes',
      count: actors.size,
      detail: `laboratory and analyst as given, case title, accounts in the log: ${[...actors].join(', ')}`,
    },
  ];
  return { profile, items, notCheckable: open ? [] : [...NOT_IN_PUBLIC] };
}
