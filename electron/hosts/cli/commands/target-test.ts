import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const targetTest = defineVerb({
  name: 'target test',
  summary: 'One call with a harmless question; no canary is sent (exit 30 when it fails)',
  arguments: [['<name>', 'name of the target']],
  examples: ['target test acme-2'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const test = await client.call('target.test', { name });
    out.result(test, () => {
      out.facts([
        ['outcome', test.errorCode === null ? test.outcome : `${test.outcome} (${test.errorCode})`],
        ['status', test.status === null ? '–' : String(test.status)],
        ['model', test.model ?? '–'],
        ['time', `${Math.round(test.latencyMs)} ms`],
        ['TLS', test.tls ?? 'none'],
        ['address', test.address ?? '–'],
        ['answer', test.text ?? '–'],
      ]);
      out.line(test.advice);
    });
    return test.ok ? EXIT.done : EXIT.unreachable;
  },
});
