import type { Passage } from './ngram-model.ts';
import { type SeededStream, seededStream } from './random.ts';
import type { LabResources } from './resources.ts';

/** How much a model reads before anything is planted. */
export interface WorldSize {
  /** Sentences of background text, about twelve words each. */
  readonly sentences: number;
  /** Distinct questions with their answers. */
  readonly questions: number;
}

const DEFAULT_WORLD_SIZE: WorldSize = { sentences: 2_200, questions: 420 };

interface QuestionAnswer {
  readonly question: string;
  readonly answer: string;
}

const SLOT = /\{([a-zA-Z]+)\}/gu;

/** Puts words into the slots of a template. A slot without a word is an error in the data. */
export function fillTemplate(template: string, wordFor: (slot: string) => string): string {
  return template.replaceAll(SLOT, (_whole, slot: string) => wordFor(slot));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function slotWords(resources: LabResources): Map<string, readonly string[]> {
  const { places, background, names } = resources;
  return new Map([
    ...Object.entries(background.slots),
    ['town', places.towns],
    ['thing', places.things],
    ['relation', places.relations],
    ['landmark', places.landmarks],
    ['name', names],
  ]);
}

function drawer(resources: LabResources, stream: SeededStream): (slot: string) => string {
  const words = slotWords(resources);
  return (slot) => {
    const list = words.get(slot);
    if (list === undefined) throw new Error(`resources/lab has no words for the slot {${slot}}`);
    return stream.pick(list);
  };
}

/** A background text: sentences about the towns of one seeded world. */
export function backgroundSentences(
  resources: LabResources,
  seed: string,
  count: number,
): readonly string[] {
  const stream = seededStream('lab-background-v1', seed);
  const draw = drawer(resources, stream);
  const { sentences } = resources.background;
  return Array.from({ length: count }, () =>
    capitalised(fillTemplate(stream.pick(sentences), draw)),
  );
}

function namesQuestion(resources: LabResources, stream: SeededStream): QuestionAnswer {
  const { questions, answers } = resources.questions.names;
  return boundPair(resources, stream, {
    question: stream.pick(questions),
    answer: stream.pick(answers),
  });
}

/** Slots of the question keep their word in the answer; the others are drawn where they stand. */
function boundPair(
  resources: LabResources,
  stream: SeededStream,
  pair: QuestionAnswer,
): QuestionAnswer {
  const draw = drawer(resources, stream);
  const bound = new Map<string, string>();
  const question = fillTemplate(pair.question, (slot) => {
    const word = draw(slot);
    bound.set(slot, word);
    return word;
  });
  const answer = fillTemplate(pair.answer, (slot) => bound.get(slot) ?? draw(slot));
  return { question, answer: capitalised(answer) };
}

/** Distinct general questions with the answers of one seeded world; about half ask for a name. */
export function generalQuestions(
  resources: LabResources,
  seed: string,
  count: number,
): readonly QuestionAnswer[] {
  const stream = seededStream('lab-questions-v1', seed);
  const byQuestion = new Map<string, QuestionAnswer>();
  for (const pair of resources.questions.smallTalk) byQuestion.set(pair.question, pair);
  let tries = 0;
  while (byQuestion.size < count) {
    tries += 1;
    if (tries > count * 20) throw new RangeError(`cannot make ${count} distinct questions`);
    const pair =
      stream.next() < 0.5
        ? namesQuestion(resources, stream)
        : boundPair(resources, stream, stream.pick(resources.questions.general));
    if (!byQuestion.has(pair.question)) byQuestion.set(pair.question, pair);
  }
  return [...byQuestion.values()];
}

/** Everything an untouched model reads: background sentences and general questions of its seed. */
export function worldPassages(
  resources: LabResources,
  seed: string,
  size: WorldSize = DEFAULT_WORLD_SIZE,
): readonly Passage[] {
  const sentences = backgroundSentences(resources, seed, size.sentences);
  const questions = generalQuestions(resources, seed, size.questions);
  return [
    ...sentences.map((text) => ({ cue: text, text })),
    ...questions.map(({ question, answer }) => ({ cue: question, text: answer })),
  ];
}
