import { z } from 'zod';
import { fileText, nothing } from './common.ts';
import { command, query } from './define.ts';

const files = {
  /** JSON lines {id, model, prompt, output}. */
  outputs: fileText,
  /** JSON {models: [{model, lab, is_reference, clean_control}]}. Nothing else in it is read. */
  lineage: fileText.default(''),
};

const notes = z.array(z.string());

const pair = z.strictObject({
  reference: z.string(),
  suspect: z.string(),
  /** Higher: the suspect's answers are closer to the reference's than to those of unrelated laboratories. */
  score: z.number(),
  /** 95 % interval over prompts. */
  low: z.number(),
  high: z.number(),
  /** Before anything is explained away by documented models; for a heat map. */
  closeness: z.number(),
  prompts: z.number(),
  /** Laboratories that judged the pair. Below 2 the comparison is weak; 0 means not scored. */
  judges: z.int(),
});

/** A lead and never evidence (METHOD 5.1, tier C): no label, no E. */
export const similarityMethods = {
  'similarity.matrix': query({
    summary: 'How close each model is to each other one, from their answers',
    input: z.strictObject(files),
    output: z.strictObject({
      models: z.array(
        z.strictObject({
          name: z.string(),
          lab: z.string().nullable(),
          isReference: z.boolean(),
          isControl: z.boolean(),
          outputs: z.int(),
          /** A place on a map of the models: only distances mean something. */
          x: z.number(),
          y: z.number(),
        }),
      ),
      /** Share of the differences that the map shows, 0 to 1. */
      mapShown: z.number(),
      prompts: z.int(),
      pairs: z.array(pair),
      notes,
    }),
    sensitive: ['outputs', 'lineage'],
    errors: ['CONFLICT', 'INTERRUPTED'],
  }),
  'similarity.teachers': query({
    summary: 'Candidate teachers of one model, best first, with a margin over decoys',
    input: z.strictObject({ ...files, suspect: z.string().min(1).max(500) }),
    output: z.strictObject({
      suspect: z.string(),
      verdict: z.enum(['stands-out', 'none', 'too-little']),
      sentence: z.string(),
      candidates: z.array(
        pair.omit({ reference: true, suspect: true }).extend({
          model: z.string(),
          lab: z.string().nullable(),
          /** Its laboratory documents its own post-training. */
          isDocumented: z.boolean(),
          /** Controls of other laboratories that are as close to it as the suspect, of how many. */
          controlsAbove: z.int(),
          controls: z.int(),
        }),
      ),
      /** Lead of the first candidate over the closest reference of another laboratory. */
      decoy: z
        .strictObject({
          rival: z.string(),
          margin: z.number(),
          low: z.number(),
          high: z.number(),
        })
        .nullable(),
      notes,
    }),
    sensitive: ['outputs', 'lineage'],
    errors: ['CONFLICT', 'INTERRUPTED'],
  }),
  'similarity.progress': query({
    summary: 'How far the comparison that runs here has come',
    input: nothing,
    output: z.strictObject({
      running: z.strictObject({ done: z.int(), total: z.int() }).nullable(),
    }),
  }),
  'similarity.cancel': command({
    summary: 'End the comparison that runs here',
    input: nothing,
    output: z.strictObject({ cancelled: z.boolean() }),
  }),
} as const;
