import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const authorityTest = defineVerb({
  name: 'authority test',
  summary: 'Have random bytes stamped, check the answer, and measure the clock; nothing is kept',
  arguments: [['<name>', 'its name']],
  examples: ['authority test acme'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const test = await client.call('authority.test', { name });
    out.result(test, () =>
      out.facts([
        ['signer', test.signer],
        ['policy', test.policy],
        ['time', test.genTime],
        ['accuracy', test.accuracyMs === null ? 'not stated' : `${test.accuracyMs} ms`],
        ['its time minus ours', `${test.clockOffsetMs} ms (round trip ${test.roundTripMs} ms)`],
        ['its certificate ends', test.certificateEnds],
      ]),
    );
    return EXIT.done;
  },
});
