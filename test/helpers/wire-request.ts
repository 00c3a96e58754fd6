import type { Parameters, Template } from '#shared/domain/target.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { NO_TEMPLATE } from '#shared/wire/custom.ts';
import { requestProblems } from '#shared/wire/request-problems.ts';
import type { ChatMessage, OutboundRequest, WireTarget } from '#shared/wire/types.ts';
import { CHAT } from './wire.ts';

/** A conversation with every role that all formats know. */
export const TALK: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Who?' },
  { role: 'assistant', content: 'Odo.' },
  { role: 'user', content: 'Where?' },
];

export const target = (more: Partial<WireTarget> = {}): WireTarget => ({ ...CHAT, ...more });

/** Where `requestProblems` finds something. */
export const problemPaths = (more: Partial<WireTarget>, parameters: Parameters = {}) =>
  requestProblems(target(more), parameters).map(({ path }) => path);

export const build = (
  more: Partial<WireTarget>,
  parameters: Parameters = {},
  messages: readonly ChatMessage[] = TALK,
) => buildRequest(target(more), { messages, parameters, keyName: null });

export const bodyOf = (request: OutboundRequest): unknown =>
  JSON.parse(new TextDecoder().decode(request.body ?? undefined));

/** A template with a placeholder of each kind. */
export const TEMPLATE: Template = {
  ...NO_TEMPLATE,
  path: '/v2/{{model}}/ask?q={{seed}}',
  body: {
    system: '{{system}}',
    text: 'Q: {{prompt}}',
    all: '{{messages}}',
    heat: '{{temperature}}',
    stops: '{{stop}}',
    missing: '{{top_p}}',
    list: [1, '{{top_p}}', '{{seed}}'],
  },
  read: { ...NO_TEMPLATE.read, text: '$.a' },
};

export const custom = (
  template: Partial<Template>,
  more: Partial<WireTarget> = {},
): Partial<WireTarget> => ({
  format: 'custom',
  template: { ...TEMPLATE, ...template },
  ...more,
});
