/** A small seeded generator (mulberry32, Ettinger): resampling must give the same interval every time. */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often each prompt is drawn in each replicate of a bootstrap; replicate 0 is the data itself. */
export function bootstrapWeights(prompts: number, replicates: number): Uint8Array {
  const uniform = seededUniform(0x7472_6170);
  const weights = new Uint8Array(prompts * (replicates + 1));
  for (let prompt = 0; prompt < prompts; prompt += 1) weights[prompt * (replicates + 1)] = 1;
  for (let replicate = 1; replicate <= replicates; replicate += 1) {
    for (let draw = 0; draw < prompts; draw += 1) {
      const at = Math.floor(uniform() * prompts) * (replicates + 1) + replicate;
      weights[at] = (weights[at] ?? 0) + 1;
    }
  }
  return weights;
}
