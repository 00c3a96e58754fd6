import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const canaryCheck = defineVerb({
  name: 'canary check',
  summary: 'Find canaries that may be guessed or that stand twice, with a code for each finding',
  arguments: [['[ids...]', 'ids (default: every draft)']],
  examples: ['canary check', 'canary check C-0001 C-0002 --json'],
  run: async ({ out, session }, _options, ids) => {
    const client = await session.open();
    const result = await client.call('canary.check', { ids: ids.length === 0 ? null : [...ids] });
    out.result(result, () => {
      out.table(
        ['canary', 'severity', 'code', 'finding', 'fix'],
        result.findings.map((finding) => [
          finding.id,
          finding.severity,
          finding.code,
          finding.message,
          finding.fix,
        ]),
      );
      out.note(
        `${result.checked} canaries checked, ${result.findings.length} findings, compared with ${result.controlAnswers} answers of controls`,
      );
    });
    return result.findings.some(({ severity }) => severity === 'error') ? EXIT.usage : EXIT.done;
  },
});
