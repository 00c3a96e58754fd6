import { exitOfEvidence, printEvidence } from '../evidence-view.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const evidenceShow = defineVerb({
  name: 'evidence show',
  summary: 'E, labels, controls and explanations of an audit (exit 10, 20 or 0)',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['evidence show last', 'evidence show last --json'],
  run: async ({ out, session }, _options, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const evidence = await client.call('evidence.get', { auditId });
    out.result(evidence, () => printEvidence(out, evidence));
    return exitOfEvidence(evidence);
  },
});
