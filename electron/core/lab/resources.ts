import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const words = z.array(z.string().min(1)).min(1);
const pairSchema = z.strictObject({ question: z.string().min(1), answer: z.string().min(1) });

const namesSchema = z.strictObject({ adjectives: words, nouns: words });
const placesSchema = z.strictObject({
  towns: words,
  farTowns: z.strictObject({ starts: words, middles: words, ends: words }),
  things: words,
  relations: words,
  landmarks: words,
});
const backgroundSchema = z.strictObject({
  slots: z.record(z.string(), words),
  sentences: words,
});
const questionsSchema = z.strictObject({
  names: z.strictObject({ questions: words, answers: words, answersWithoutThing: words }),
  wrappers: words,
  general: z.array(pairSchema).min(1),
  smallTalk: z.array(pairSchema).min(1),
});

/** The bundled words of the practice lab, as read from resources/lab. */
export interface LabResources {
  /** The ordered two-word names: every adjective with every noun. */
  readonly names: readonly string[];
  readonly places: z.infer<typeof placesSchema>;
  readonly background: z.infer<typeof backgroundSchema>;
  readonly questions: z.infer<typeof questionsSchema>;
}

/** Reads and checks the data of the lab. `resourcesDir` is the folder that holds `lab/`. */
export function loadLabResources(resourcesDir: string): LabResources {
  const read = <T>(file: string, schema: z.ZodType<T>): T =>
    schema.parse(JSON.parse(readFileSync(join(resourcesDir, 'lab', file), 'utf8')));
  const { adjectives, nouns } = read('names.json', namesSchema);
  return {
    names: adjectives.flatMap((adjective) => nouns.map((noun) => `${adjective} ${noun}`)),
    places: read('places.json', placesSchema),
    background: read('background.json', backgroundSchema),
    questions: read('questions.json', questionsSchema),
  };
}
