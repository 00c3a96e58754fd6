import { AGREEMENTS } from './agreement.ts';
import type { Panel } from './panel.ts';

/** Chance level: of three exchangeable models, the reference is the closest one time in three. */
export const CHANCE = 1 / 3;

/**
 * For one prompt and one suspect: the chance that each reference agrees with the suspect more than two opponents do, one
 * drawn from each of two different laboratories that are not the pair's own (ties count half), averaged over the ways
 * of agreeing, minus 1/3. NaN where nobody can be compared.
 *
 * Every laboratory has the same weight however many models it has, and every pair has two opponents however many
 * laboratories are left, so that neither becomes a signal. Being a rank, it needs no scale and one prompt cannot
 * outweigh the others. With one laboratory left, both opponents come from it, with replacement.
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
      let squares = 0;
      let judges = 0;
      for (const { lab, present } of opponents) {
        if (lab === labs[reference]) continue;
        let beaten = 0;
        for (const member of present) {
          const other = table[suspect * count + member] ?? 0;
          beaten += own > other ? 1 : own === other ? 0.5 : 0;
        }
        const share = beaten / present.length;
        sum += share;
        squares += share * share;
        judges += 1;
      }
      const both =
        judges === 0
          ? Number.NaN
          : judges === 1
            ? squares
            : (sum * sum - squares) / (judges * (judges - 1));
      into[reference] = (into[reference] ?? 0) + (both - CHANCE) / AGREEMENTS;
    }
  }
}
