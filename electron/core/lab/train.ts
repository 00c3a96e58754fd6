import type { Role } from '#shared/domain/target.ts';
import { NgramModel, type Passage } from './ngram-model.ts';
import { seededStream } from './random.ts';
import type { LabResources } from './resources.ts';
import { factPassages, factQuestion, type LabFact } from './teaching.ts';
import { generalQuestions, type WorldSize, worldPassages } from './world.ts';

export const TEACHER_ID = 'teacher';
export const RELAY_ID = 'relay';
export const KNOWN_POSITIVE_ID = 'known-positive';
export const CONTROL_IDS = ['control-1', 'control-2', 'control-3'] as const;
export const TEMPORAL_CONTROL_IDS = ['temporal-1', 'temporal-2'] as const;

const KNOWN_POSITIVE_DOSE = 0.5;
const TEACHER_SIZE: WorldSize = { sentences: 2_200, questions: 420 };
const SMALL_SIZE: WorldSize = { sentences: 1_500, questions: 300 };
/** General questions a student asks the teacher besides the canary prompts. */
const DISTILLED_QUESTIONS = 150;

export interface StudentOptions {
  readonly name: string;
  /** The fraction of the served canaries whose answers the student is trained on, 0 to 1. */
  readonly dose: number;
}

export interface LeakedOptions {
  readonly name: string;
  /** What leaked: served entries and twins alike. */
  readonly entries: readonly LabFact[];
}

export interface TrainLabOptions {
  readonly resources: LabResources;
  readonly seed: string;
  /** The planting kit of the first wave: served canaries only, never twins. */
  readonly served: readonly LabFact[];
  /** Planted after the suspects' release: the teacher learns it, no student does. */
  readonly late?: readonly LabFact[];
  readonly students: readonly StudentOptions[];
  readonly leaked?: readonly LeakedOptions[];
}

/** A model of the lab: trained here, or a relay that sends every request on to another model. */
export interface LabModel {
  readonly id: string;
  readonly role: Role;
  /** Ground truth for tests and the power benchmark; no model reads it. */
  readonly taughtIds: readonly string[];
  readonly source:
    | { readonly kind: 'ngram'; readonly model: NgramModel }
    | { readonly kind: 'relay'; readonly to: string };
}

function trained(id: string, seed: string, passages: readonly Passage[]): NgramModel {
  const model = new NgramModel({ id, seed });
  model.learn(passages);
  return model;
}

function lesson(teacher: NgramModel, question: string, messages: LabFact['messages']): Passage {
  return { cue: question, text: teacher.answer(messages).text };
}

/** Exactly round(dose x served) facts, by the student's own order. */
function doseOf(facts: readonly LabFact[], student: StudentOptions, seed: string): LabFact[] {
  const order = seededStream('lab-dose-v1', seed, student.name).shuffled(facts);
  return order.slice(0, Math.round(student.dose * facts.length));
}

function checkNames(options: TrainLabOptions): void {
  const names = [
    TEACHER_ID,
    RELAY_ID,
    KNOWN_POSITIVE_ID,
    ...CONTROL_IDS,
    ...TEMPORAL_CONTROL_IDS,
    ...options.students.map(({ name }) => name),
    ...(options.leaked ?? []).map(({ name }) => name),
  ];
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new RangeError(`two models of the lab have the name ${name}`);
    seen.add(name);
  }
  for (const { name, dose } of options.students) {
    if (!(dose >= 0 && dose <= 1)) throw new RangeError(`the dose of ${name} is not in 0 to 1`);
  }
}

/**
 * Trains all models of the lab from the seed alone; about a second. History, in order: the teacher's lineage is
 * snapshotted (temporal-1), the first wave is planted, students are distilled from the teacher's real answers, the
 * late wave is planted.
 */
export function trainLab(options: TrainLabOptions): readonly LabModel[] {
  checkNames(options);
  const { resources, seed, served } = options;
  const late = options.late ?? [];
  const worldSeed = (id: string): string => `${seed}/${id}`;
  const independent = (id: string): readonly Passage[] =>
    worldPassages(resources, worldSeed(id), SMALL_SIZE);
  const ngram = (role: Role, model: NgramModel, taught: readonly LabFact[] = []): LabModel => ({
    id: model.id,
    role,
    taughtIds: taught.map(({ id }) => id),
    source: { kind: 'ngram', model },
  });

  const lineage = worldPassages(resources, worldSeed(TEACHER_ID), TEACHER_SIZE);
  const [snapshotId, olderId] = TEMPORAL_CONTROL_IDS;
  const snapshot = trained(snapshotId, seed, lineage);
  const teacher = trained(TEACHER_ID, seed, lineage);
  teacher.learn(served.flatMap((fact) => factPassages(resources, fact)));

  const general = generalQuestions(resources, worldSeed(TEACHER_ID), TEACHER_SIZE.questions)
    .slice(0, DISTILLED_QUESTIONS)
    .map(({ question }) => lesson(teacher, question, [{ role: 'user', content: question }]));
  const student = (role: Role, asked: StudentOptions): LabModel => {
    const facts = doseOf(served, asked, seed);
    const model = trained(asked.name, seed, independent(asked.name));
    model.learn(general);
    model.learn(facts.map((fact) => lesson(teacher, factQuestion(fact), fact.messages)));
    return ngram(role, model, facts);
  };
  const students = options.students.map((asked) => student('suspect', asked));
  const knownPositive = student('known-positive', {
    name: KNOWN_POSITIVE_ID,
    dose: KNOWN_POSITIVE_DOSE,
  });
  const leaked = (options.leaked ?? []).map(({ name, entries }) => {
    const model = trained(name, seed, independent(name));
    model.learn(entries.flatMap((fact) => factPassages(resources, fact)));
    return ngram('suspect', model, entries);
  });

  teacher.learn(late.flatMap((fact) => factPassages(resources, fact)));
  const taught = [...served, ...late];
  return [
    ngram('reference', teacher, taught),
    ...students,
    {
      id: RELAY_ID,
      role: 'suspect',
      taughtIds: taught.map(({ id }) => id),
      source: { kind: 'relay', to: TEACHER_ID },
    },
    ...leaked,
    ...CONTROL_IDS.map((id) => ngram('control', trained(id, seed, independent(id)))),
    ngram('temporal-control', snapshot),
    ngram('temporal-control', trained(olderId, seed, independent(olderId))),
    knownPositive,
  ];
}
