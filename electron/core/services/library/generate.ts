import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { type CanaryDraft, canaryDraftSchema, canaryIdSchema } from '#shared/domain/canary.ts';
import {
  drawCandidates,
  drawPrompt,
  type Template,
  templateFileSchema,
  templateSize,
  type WordLists,
  wordListsSchema,
} from '#shared/domain/template.ts';
import { normaliseText } from '#shared/scoring/normalise.ts';
import type { Session } from '../workspace/session.ts';
import { insertDrafts, openDraft } from './library.ts';
import { uniformInt } from './random.ts';

/** Questions drawn in vain before a template counts as used up. */
const TRIES_A_QUESTION = 200;

interface Starters {
  readonly templates: readonly Template[];
  readonly lists: WordLists;
}

function loadStarters(session: Session): Starters {
  const read = (file: string): unknown =>
    JSON.parse(
      readFileSync(join(session.ports.paths.resources, 'templates', file), 'utf8'),
    ) as unknown;
  return {
    templates: templateFileSchema.parse(read('templates.json')).templates,
    lists: wordListsSchema.parse(read('words.json')),
  };
}

export function listTemplates(session: Session): Output<'canary.templates'> {
  const { templates, lists } = loadStarters(session);
  return {
    templates: templates.map((template) => ({
      name: template.name,
      family: template.family,
      description: template.description,
      ...templateSize(template, lists),
    })),
  };
}

/** Every question of the workspace in its normal form, so that none is asked twice. */
function knownQuestions(session: Session): Set<string> {
  return new Set(session.library.allIds().map((id) => questionOf(openDraft(session, id))));
}

const questionOf = (draft: Pick<CanaryDraft, 'messages'>): string =>
  draft.messages.map(({ content }) => normaliseText(content)).join('\n');

/** The first free numbers of a prefix, as ids. */
function freeIds(session: Session, prefix: string, count: number): string[] {
  const ids: string[] = [];
  for (let number = 1; ids.length < count; number++) {
    const id = `${prefix}-${String(number).padStart(4, '0')}`;
    if (!session.library.exists(id)) ids.push(canaryIdSchema.parse(id));
  }
  return ids;
}

/**
 * Writes drafts from a template: each with a question that the workspace does not have yet and its own random list of N
 * candidates, both from cryptographic randomness. Nothing is drawn from the lists here: that waits for commitment and
 * beacon. Errors: NOT_FOUND, CONFLICT when the template has not as many questions or candidates.
 */
export function generateCanaries(
  session: Session,
  input: ParsedInput<'canary.generate'>,
): Output<'canary.generate'> {
  const { templates, lists } = loadStarters(session);
  const template = templates.find(({ name }) => name === input.template);
  if (template === undefined)
    throw new AppError(
      'NOT_FOUND',
      `There is no template ${input.template}. There are ${templates.map(({ name }) => name).join(', ')}.`,
    );
  const random = uniformInt(session.ports.random);
  const asked = knownQuestions(session);
  const ids = freeIds(session, input.prefix ?? template.name, input.count);
  const drafts = ids.map((id, index) => {
    for (let tries = 0; tries < TRIES_A_QUESTION; tries++) {
      const messages = drawPrompt(template, lists, random);
      const question = questionOf({ messages: [...messages] });
      if (asked.has(question)) continue;
      asked.add(question);
      const responses = drawCandidates(template, lists, { messages, n: input.n, random });
      if (responses === null)
        throw new AppError(
          'CONFLICT',
          `${template.name} has not ${input.n} different candidates (at most ${templateSize(template, lists).candidates} before those that stand in the question). Use a smaller --n.`,
        );
      return canaryDraftSchema.parse({
        id,
        kind: 'drawn',
        type: 'O',
        messages,
        responses,
        expected: [],
        scorer: 'exact-v1',
        cohort: input.cohorts[index % input.cohorts.length] ?? null,
        tags: [template.name, ...input.tags.filter((tag) => tag !== template.name)],
        note: '',
      });
    }
    throw new AppError(
      'CONFLICT',
      `${template.name} has no more questions that are not in the workspace yet. Use another template.`,
    );
  });
  session.transaction(() => {
    insertDrafts(session, drafts);
    session.record('canary.created', {
      count: drafts.length,
      skipped: 0,
      template: template.name,
      n: input.n,
    });
  });
  return { ids, bits: Math.log2(input.n) };
}
