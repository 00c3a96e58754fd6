import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const evidenceSample = defineVerb({
  name: 'evidence sample',
  summary: 'One target and canary: expected against actual, with every attempt; logged as a reveal',
  arguments: [
    ['<audit>', 'id of the audit, its beginning, or last'],
    ['<canary>', 'id of the canary'],
    ['<target>', 'name of the target'],
  ],
  examples: ['evidence sample last C-0001 acme-2'],
  run: async ({ out, session }, _options, [wanted = '', canaryId = '', target = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const sample = await client.call('evidence.sample', { auditId, canaryId, target });
    out.result(sample, () => {
      out.facts([
        ['canary', `${sample.canaryId} (${sample.use}, N = ${sample.n})`],
        ['target', sample.target],
        ['sealed', sample.sealedUtc ?? 'not yet'],
        ['opened', sample.openedUtc ?? 'not yet'],
      ]);
      for (const turn of sample.prompt ?? []) {
        out.heading(turn.role);
        out.block(turn.content);
      }
      if (sample.expected) out.facts(sample.expected.map((text) => ['expected', text] as const));
      for (const attempt of sample.attempts) {
        out.line();
        out.heading(
          `attempt ${attempt.number} of sample ${attempt.k}: ${attempt.outcome ?? 'in flight'}${attempt.errorCode === null ? '' : ` (${attempt.errorCode})`}${attempt.hit ? ', HIT' : ''}`,
        );
        out.facts([
          ['sent', `${attempt.startedUtc} ${attempt.url}`],
          ['status', attempt.status === null ? '–' : String(attempt.status)],
          [
            'response',
            attempt.response === null
              ? '–'
              : `${attempt.response.bytes} bytes, sha256 ${attempt.response.sha256}`,
          ],
        ]);
        if (attempt.answer !== null) out.block(attempt.answer);
      }
    });
    return EXIT.done;
  },
});
