import { EXIT } from '../exit.ts';
import { type Context, defineVerb } from '../verb.ts';

export async function verifyCustody({ out, session }: Context): Promise<number> {
  const client = await session.open();
  const check = await client.call('custody.verify', {});
  out.result(check, () => {
    out.line(
      `${check.ok ? 'Holds' : 'DOES NOT HOLD'}: ${check.events} events, ${check.checkpoints} signed checkpoints (${check.stampedCheckpoints} stamped, ${check.consistencyProofs} continue the one before), ${check.keys} signing keys, ${check.stamps} stamps, ${check.bodies} stored bodies.`,
    );
    for (const problem of check.problems) out.line(`  ${problem}`);
  });
  if (!check.ok)
    out.note('trapstreet: the workspace is damaged. Work on a copy, and restore a backup.');
  return check.ok ? EXIT.done : EXIT.integrity;
}

export const custodyVerify = defineVerb({
  name: 'custody verify',
  summary: 'Check the custody log, its checkpoints, keys and stamps, and every stored body',
  examples: ['custody verify'],
  run: verifyCustody,
});
