import type { UniformInt } from '#shared/domain/template.ts';
import type { Random } from '../../ports.ts';

/** Uniform whole numbers below a range of at most 2^32, by rejection, from the host's cryptographic randomness. */
export function uniformInt(random: Random): UniformInt {
  return (range) => {
    const limit = 2 ** 32 - (2 ** 32 % range);
    let draw: number;
    do draw = Buffer.from(random.bytes(4)).readUInt32BE();
    while (draw >= limit);
    return draw % range;
  };
}
