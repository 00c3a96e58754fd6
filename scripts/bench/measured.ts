export interface Measured {
  /** CPU of this process, per request, milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

export interface Work {
  readonly requests: number;
  readonly concurrency: number;
}

export async function measured(
  work: Work,
  one: (index: number) => Promise<void>,
): Promise<Measured> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < work.requests; index = next++) await one(index);
  };
  await Promise.all(Array.from({ length: work.concurrency }, worker));
  const used = process.cpuUsage(cpu);
  return {
    cpuMs: (used.user + used.system) / 1000 / work.requests,
    wallMs: (performance.now() - start) / work.requests,
  };
}
