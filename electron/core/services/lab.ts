import { z } from 'zod';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { type CanaryDraft, messageSchema } from '#shared/domain/canary.ts';
import type { Transport } from '../endpoints/types.ts';

/** What the composition root hands in: services do not import the lab. */
export interface LabPort {
  readonly drafts: (options: { seed: string; count: number; prefix: string }) => CanaryDraft[];
  readonly start: (options: LabStart) => Promise<RunningLab>;
}

export interface LabFact {
  readonly id: string;
  readonly messages: CanaryDraft['messages'];
  readonly response: string;
}

export interface LabStart {
  readonly seed: string;
  readonly served: readonly LabFact[];
  readonly late: readonly LabFact[];
  readonly students: readonly { readonly name: string; readonly dose: number }[];
  readonly leaked: readonly LabFact[];
  readonly port: number;
  readonly latencyMs: number;
  readonly transport: Transport;
}

export interface RunningLab {
  readonly baseUrl: string;
  readonly models: readonly { readonly name: string; readonly description: string }[];
  readonly requests: () => number;
  close(): Promise<void>;
}

const kitLine = z.object({
  id: z.string(),
  messages: z.array(messageSchema).min(1),
  response: z.string().min(1),
});

/** Reads a planting kit. Errors: BAD_INPUT with the line. */
function readKit(text: string, field: string): LabFact[] {
  return text.split('\n').flatMap((row, index) => {
    if (row.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(row);
    } catch {
      value = null;
    }
    const parsed = kitLine.safeParse(value);
    if (!parsed.success)
      throw new AppError(
        'BAD_INPUT',
        `${field}: line ${index + 1} is not a line of a planting kit. Write one with \`registry kit\`.`,
      );
    return [{ id: parsed.data.id, messages: parsed.data.messages, response: parsed.data.response }];
  });
}

/** The practice lab of this process. Errors: CONFLICT while one runs, BAD_INPUT for a bad kit. */
export function createLabService(port: LabPort, transport: Transport) {
  let current: RunningLab | null = null;
  const state = (lab: RunningLab) => ({
    baseUrl: lab.baseUrl,
    models: [...lab.models],
    requests: lab.requests(),
  });
  const close = async (): Promise<void> => {
    const closing = current;
    current = null;
    await closing?.close();
  };
  return {
    canaries: (input: ParsedInput<'lab.canaries'>): Output<'lab.canaries'> => {
      const drafts = port.drafts(input);
      const text = drafts
        .map(({ expected: _expected, cohort: _cohort, ...draft }) => `${JSON.stringify(draft)}\n`)
        .join('');
      return { text, count: drafts.length };
    },
    start: async (input: ParsedInput<'lab.start'>): Promise<Output<'lab.start'>> => {
      if (current)
        throw new AppError('CONFLICT', 'The practice lab is running already. Stop it first.');
      current = await port.start({
        seed: input.seed,
        served: readKit(input.kit, 'kit'),
        late: readKit(input.lateKit, 'lateKit'),
        leaked: readKit(input.leakedKit, 'leakedKit'),
        students: input.students,
        port: input.port,
        latencyMs: input.latencyMs,
        transport,
      });
      return state(current);
    },
    status: (): Output<'lab.status'> => ({ lab: current ? state(current) : null }),
    stop: close,
    close,
  };
}
export type LabService = ReturnType<typeof createLabService>;
