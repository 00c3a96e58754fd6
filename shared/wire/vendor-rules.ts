import type { Format, Json } from '../domain/target.ts';
import { type Body, isJsonObject } from './body.ts';
import type { WireTarget } from './types.ts';

/** Fields that are sent together and that the vendor answers with status 400: the question would be spent on nothing. */
interface Rule {
  /** Hosts of the vendor that says so, where others of the same format take it. Left out: the format itself says so. */
  readonly hosts?: readonly string[];
  /** The parameter to change. */
  readonly parameter: string;
  readonly message: string;
  /** Given the body without the further fields of the target. */
  readonly isBroken: (body: Body, target: WireTarget) => boolean;
}

const at = (body: Body, path: string): Json | undefined =>
  path
    .split('.')
    .reduce<Json | undefined>(
      (value, name) =>
        isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined,
      body,
    );

const isAbove = (value: Json | undefined, least: number): boolean =>
  typeof value === 'number' && value > least;

/** The tokens of Anthropic's thinking; undefined: it is off, or left to the model. */
const anthropicBudget = (body: Body): Json | undefined => at(body, 'thinking.budget_tokens');

const ANTHROPIC = ['api.anthropic.com'];

/** Seen on 2026-11-21 in the pages that each entry names. A rule stands here only where the refusal is documented. */
const RULES: Readonly<Partial<Record<Format, readonly Rule[]>>> = {
  'openai-chat': [
    // https://platform.openai.com/docs/api-reference/chat/create#chat_create-top_logprobs; vLLM, llama.cpp and DeepSeek too.
    {
      parameter: 'top_logprobs',
      message: 'This format takes top_logprobs only together with logprobs: true. Set both.',
      isBroken: (body, { dialect }) =>
        isAbove(at(body, 'top_logprobs'), 0) &&
        at(body, 'logprobs') !== true &&
        dialect?.renames.logprobs === undefined,
    },
    // The answer of the API: code invalid_parameter_combination, https://github.com/langchain-ai/langgraph/issues/5943.
    {
      hosts: ['api.openai.com'],
      parameter: 'max_tokens',
      message: 'OpenAI takes max_tokens or max_completion_tokens, not both. Set one of them.',
      isBroken: (body) =>
        at(body, 'max_tokens') !== undefined && at(body, 'max_completion_tokens') !== undefined,
    },
  ],
  gemini: [
    // https://ai.google.dev/gemini-api/docs/gemini-3
    {
      parameter: 'thinking',
      message:
        'This format takes reasoning_effort (a level) or thinking (a budget), not both. Set one of them.',
      isBroken: (body) =>
        at(body, 'generationConfig.thinkingConfig.thinkingLevel') !== undefined &&
        at(body, 'generationConfig.thinkingConfig.thinkingBudget') !== undefined,
    },
    // https://ai.google.dev/api/generate-content#v1beta.GenerationConfig
    {
      parameter: 'top_logprobs',
      message: 'This format takes top_logprobs only together with logprobs: true. Set both.',
      isBroken: (body, { dialect }) =>
        isAbove(at(body, 'generationConfig.logprobs'), 0) &&
        at(body, 'generationConfig.responseLogprobs') !== true &&
        dialect?.renames.logprobs === undefined,
    },
  ],
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking
  'anthropic-messages': [
    {
      hosts: ANTHROPIC,
      parameter: 'thinking',
      message: 'Anthropic takes a thinking budget of 1024 tokens or more. Raise it.',
      isBroken: (body) => {
        const budget = anthropicBudget(body);
        return typeof budget === 'number' && budget < 1_024;
      },
    },
    {
      hosts: ANTHROPIC,
      parameter: 'max_tokens',
      message: 'Anthropic takes a max_tokens above the thinking budget only. Raise it.',
      // A beta of theirs lifts it.
      isBroken: (body, { headers }) => {
        const [budget, most] = [anthropicBudget(body), at(body, 'max_tokens')];
        const isLifted = Object.keys(headers).some((name) => /^anthropic-beta$/i.test(name));
        return (
          !isLifted && typeof budget === 'number' && typeof most === 'number' && most <= budget
        );
      },
    },
    {
      hosts: ANTHROPIC,
      parameter: 'temperature',
      message: 'Anthropic takes no temperature but 1 with a thinking budget. Leave it out.',
      isBroken: (body) =>
        anthropicBudget(body) !== undefined && (at(body, 'temperature') ?? 1) !== 1,
    },
    {
      hosts: ANTHROPIC,
      parameter: 'top_k',
      message: 'Anthropic takes no top_k with a thinking budget. Leave it out.',
      isBroken: (body) => anthropicBudget(body) !== undefined && at(body, 'top_k') !== undefined,
    },
  ],
};

/** What of this body the vendor is documented to refuse; `path` is the field of the target. */
export function refusedPairs(
  target: WireTarget,
  body: Body,
): { readonly path: string; readonly message: string }[] {
  const host = /^https?:\/\/([^/:?#]+)/.exec(target.baseUrl)?.[1] ?? '';
  return (RULES[target.format] ?? [])
    .filter(({ hosts, isBroken }) => (hosts?.includes(host) ?? true) && isBroken(body, target))
    .map(({ parameter, message }) => ({ path: `parameters.${parameter}`, message }));
}
