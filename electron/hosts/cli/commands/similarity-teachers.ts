import { EXIT } from '../exit.ts';
import { compare, readSimilarityFiles, type SimilarityOptions } from '../similarity-run.ts';
import { defineVerb } from '../verb.ts';

interface Options extends SimilarityOptions {
  readonly suspect: string;
}

const number = (value: number): string => value.toFixed(3);

export const similarityTeachers = defineVerb<Options>({
  name: 'similarity teachers',
  summary: 'Candidate teachers of one model, best first, with a margin over decoys',
  examples: [
    'similarity teachers --outputs outputs.jsonl --lineage lineage.json --suspect student-7b',
  ],
  options: (command) =>
    command
      .requiredOption('--outputs <file>', 'JSON lines {id, model, prompt, output}')
      .option('--lineage <file>', 'laboratories of references, and the clean controls, as JSON')
      .requiredOption('--suspect <model>', 'name of the model in the outputs'),
  run: async (context, options) => {
    const { io, out } = context;
    const files = await readSimilarityFiles(io, options);
    const ranking = await compare(context, (client) =>
      client.call('similarity.teachers', { ...files, suspect: options.suspect }),
    );
    out.result(ranking, () => {
      out.table(
        ['teacher', 'laboratory', 'score', '95 % interval', 'controls as close', 'post-training'],
        ranking.candidates.map((candidate) => [
          candidate.model,
          candidate.lab ?? 'unknown',
          number(candidate.score),
          `${number(candidate.low)} to ${number(candidate.high)}`,
          `${candidate.controlsAbove} of ${candidate.controls}`,
          candidate.isDocumented ? 'documented' : 'unpublished',
        ]),
      );
      const { decoy } = ranking;
      if (decoy)
        out.line(
          `Decoy margin ${number(decoy.margin)} (${number(decoy.low)} to ${number(decoy.high)}) over ${decoy.rival}.`,
        );
      out.line(ranking.sentence);
      for (const note of ranking.notes) out.note(note);
    });
    return EXIT.done;
  },
});
