import { targetDraftSchema } from '#shared/domain/target.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';

/** The target of the transport bench. */
export const targetOn = (port: number) =>
  targetDraftSchema.parse({
    name: 'bench',
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model: 'bench',
    parameters: { temperature: 0, max_tokens: 64 },
    allowPrivate: true,
    allowHttp: true,
  });

/** One question of it. */
export const questionOf = (target: ReturnType<typeof targetOn>, index: number): OutboundRequest =>
  buildRequest(target, {
    messages: [{ role: 'user', content: `Which two names stand on the gate of house ${index}?` }],
    parameters: target.parameters,
    keyName: null,
  });
