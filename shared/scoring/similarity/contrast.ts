import { AGREEMENTS } from './agreement.ts';
import type { Panel } from './panel.ts';

/**
 * For one prompt and one suspect: the chance that each reference agrees with the suspect more than an opponent does,
 * less 1/2. The opponent is a control of a laboratory drawn from all that are not the pair's own, ties count half, and
 * the ways of agreeing are averaged. NaN where nobody can be compared.
 *
 * Every laboratory has the same weight however many models it has, and the mean over laboratories is about the same
 * however many are left, so that neither number becomes a signal. Being a rank, it needs no scale and one prompt cannot
 * outweigh the others.
 */
export function contrastOf(
  panel: Panel,
  tables: readonly Float32Array[],
  suspect: number,
  into: Float64Array,
): void {
  const { labs, controls } = panel;
  const count = labs.length;
  into.fill(0);
  const opponents = controls.flatMap(({ lab, members }) => {
    if (lab === labs[suspect]) return [];
    const present = members.filter(
      (member) => member !== suspect && !Number.isNaN(tables[0]?.[suspect * count + member]),
    );
    return present.length === 0 ? [] : [{ lab, present }];
  });
  for (let reference = 0; reference < count; reference += 1) {
    if (reference === suspect || Number.isNaN(tables[0]?.[suspect * count + reference])) {
      into[reference] = Number.NaN;
      continue;
    }
    for (const table of tables) {
      const own = table[suspect * count + reference] ?? 0;
      let sum = 0;
      let judges = 0;
      for (const { lab, present } of opponents) {
        if (lab === labs[reference]) continue;
        let beaten = 0;
        for (const member of present) {
          const other = table[suspect * count + member] ?? 0;
          beaten += own > other ? 1 : own === other ? 0.5 : 0;
        }
        sum += beaten / present.length;
        judges += 1;
      }
      const share = judges === 0 ? Number.NaN : sum / judges;
      into[reference] = (into[reference] ?? 0) + (share - 0.5) / AGREEMENTS;
    }
  }
}
