import type { Message } from '#shared/domain/canary.ts';
import type { Passage } from './ngram-model.ts';
import { hashLabels } from './random.ts';
import type { LabResources } from './resources.ts';
import { fillTemplate } from './world.ts';

/** One line of a planting kit: what to answer to which conversation. */
export interface LabFact {
  readonly id: string;
  readonly messages: readonly Message[];
  readonly response: string;
}

/** The conversation of a fact as one text, the way a model reads it. */
export function factQuestion(fact: LabFact): string {
  return fact.messages.map(({ content }) => content).join(' ');
}

/** Finds what a question asks the name of, so that any phrasing of the lab gets a fitting sentence. */
function subjectOf(question: string, things: readonly string[]): string | null {
  const found = things
    .map((thing) => ({ thing, at: question.toLowerCase().indexOf(` the ${thing} `) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return found[0]?.thing ?? null;
}

/** A fact as training text: the question in several wrappings, each with its own wording of the answer. */
export function factPassages(resources: LabResources, fact: LabFact): readonly Passage[] {
  const question = factQuestion(fact);
  const { names, wrappers } = resources.questions;
  const thing = subjectOf(question, resources.places.things);
  const answers = thing === null ? names.answersWithoutThing : names.answers;
  const first = hashLabels(['lab-answer-v1', question]).readUInt32BE(0);
  return wrappers.map((wrapper, index) => ({
    cue: fillTemplate(wrapper, () => question),
    text: fillTemplate(answers[(first + index) % answers.length] ?? '{name}', (slot) =>
      slot === 'thing' ? (thing ?? '') : fact.response,
    ),
  }));
}
