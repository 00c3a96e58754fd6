import { matrixCsv } from '#shared/scoring/similarity/csv.ts';
import { EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { compare, readSimilarityFiles, type SimilarityOptions } from '../similarity-run.ts';
import { defineVerb } from '../verb.ts';

interface Options extends SimilarityOptions {
  readonly out: string;
  readonly force?: boolean;
}

export const similarityMatrix = defineVerb<Options>({
  name: 'similarity matrix',
  summary: 'How close each model is to each other one, as CSV reference,suspect,score,low,high',
  examples: ['similarity matrix --outputs outputs.jsonl --lineage lineage.json --out scores.csv'],
  options: (command) =>
    command
      .requiredOption('--outputs <file>', 'JSON lines {id, model, prompt, output}')
      .option('--lineage <file>', 'laboratories of references, and the clean controls, as JSON')
      .requiredOption('--out <file>', 'CSV file to write')
      .option('--force', 'write over an existing file'),
  run: async (context, options) => {
    const { io, out } = context;
    const { out: file, force = false } = options;
    refuseExisting(io, file, force);
    const files = await readSimilarityFiles(io, options);
    const matrix = await compare(context, (client) => client.call('similarity.matrix', files));
    const path = writeText(io, file, matrixCsv(matrix.pairs), force);
    out.result({ path, ...matrix }, () => {
      out.line(
        `${matrix.pairs.length} pairs of ${matrix.models.length} models over ${matrix.prompts} prompts written to ${path}.`,
      );
      for (const note of matrix.notes) out.note(note);
    });
    return EXIT.done;
  },
});
