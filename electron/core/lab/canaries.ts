import type { CanaryDraft } from '#shared/domain/canary.ts';
import { seededStream } from './random.ts';
import type { LabResources } from './resources.ts';
import { fillTemplate } from './world.ts';

export interface LabCanaryOptions {
  readonly resources: LabResources;
  readonly seed: string;
  readonly count: number;
  /** Ids are `${prefix}-0001` and so on. Two prefixes of one seed give different questions. */
  readonly prefix: string;
  /** The ordered candidate list of every canary; the bundled 1,024 names if not given. */
  readonly responses?: readonly string[];
}

function farTowns(resources: LabResources): string[] {
  const { towns, farTowns: parts } = resources.places;
  const known = new Set(towns.map((town) => town.toLowerCase()));
  const names = new Set<string>();
  for (const start of parts.starts) {
    for (const middle of parts.middles) {
      for (const end of parts.ends) names.add(`${start}${middle}${end}`);
    }
  }
  return [...names].filter((name) => !known.has(name.toLowerCase()));
}

/**
 * Drawn canaries of type O whose questions read like ordinary questions of the lab. Each asks for the name of a thing
 * in its own far town, and far towns stand in no background text, so nothing but teaching can give the answer away.
 * Deterministic in seed and prefix.
 */
export function labCanaryDrafts(options: LabCanaryOptions): CanaryDraft[] {
  const { resources, seed, count, prefix } = options;
  const responses = options.responses ?? resources.names;
  const stream = seededStream('lab-canaries-v1', seed, prefix);
  const towns = stream.shuffled(farTowns(resources));
  if (count > towns.length) {
    throw new RangeError(`the lab can make at most ${towns.length} canaries at once`);
  }
  const { things, relations, landmarks } = resources.places;
  return towns.slice(0, count).map((town, index) => {
    const words = new Map([
      ['town', town],
      ['thing', stream.pick(things)],
      ['relation', stream.pick(relations)],
      ['landmark', stream.pick(landmarks)],
    ]);
    const template = stream.pick(resources.questions.names.questions);
    const content = fillTemplate(template, (slot) => words.get(slot) ?? '');
    return {
      id: `${prefix}-${String(index + 1).padStart(4, '0')}`,
      kind: 'drawn',
      type: 'O',
      messages: [{ role: 'user', content }],
      responses: [...responses],
      expected: [],
      scorer: 'exact-v1',
      cohort: null,
      tags: ['lab'],
      note: '',
    };
  });
}
