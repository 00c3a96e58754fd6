import { followAudit } from '../audit-follow.ts';
import { CliError } from '../exit.ts';
import { findAudit, wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

/** `NAME:cost=2.5` or `NAME:exposures=80`. */
function readRaise(text: string) {
  const match = /^([^:]+):(cost|exposures)=(\d+(?:\.\d+)?)$/.exec(text);
  const [, target = '', cap, value = ''] = match ?? [];
  if (!match)
    throw new CliError(`--raise ${text}: write NAME:cost=2.5 (US dollars) or NAME:exposures=80.`);
  return cap === 'cost'
    ? { target, costUsd: Number(value) }
    : { target, exposures: wholeNumber(value, '--raise', 1) };
}

export const auditResume = defineVerb<{ readonly raise?: readonly string[] }>({
  name: 'audit resume',
  summary: 'Go on with a paused or interrupted audit; no answered sample is asked again',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit resume last', 'audit resume last --raise acme-2:cost=5'],
  options: (command) =>
    command.option(
      '--raise <cap...>',
      'raise a cap of a target first, for an audit that ended at it: NAME:cost=USD, NAME:exposures=N',
    ),
  run: async (context, { raise = [] }, [wanted = '']) => {
    const raised = raise.map(readRaise);
    const client = await context.session.open();
    const { auditId } = await findAudit(client, wanted);
    await client.call('audit.resume', { auditId, raise: raised });
    return followAudit(context, client, { auditId, isOurs: true });
  },
});
