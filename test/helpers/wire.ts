import type { WireTarget } from '#shared/wire/types.ts';

/** An OpenAI chat target with nothing special about it. */
export const CHAT = {
  format: 'openai-chat',
  baseUrl: 'https://api.example.org/v1',
  model: 'suspect-1',
  stream: false,
  headers: {},
  auth: null,
  extra: {},
  template: null,
  dialect: null,
} as const satisfies WireTarget;
