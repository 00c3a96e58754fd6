import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyPreset, type Preset, presetSchema } from '#shared/domain/preset.ts';
import {
  formatSchema,
  type Parameters,
  type TargetDraft,
  targetDraftSchema,
} from '#shared/domain/target.ts';
import { buildRequest, unsupportedParameters } from '#shared/wire/adapters.ts';
import { requestProblems } from '#shared/wire/request-problems.ts';

const FOLDER = join(import.meta.dirname, '../../../resources/presets');
const presets: Preset[] = readdirSync(FOLDER).map((file) =>
  presetSchema.parse(JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))),
);
const byName = (name: string): Preset => {
  const found = presets.find((preset) => preset.name === name);
  if (found === undefined) throw new Error(`no preset ${name}`);
  return found;
};

/** What an analyst would set; what a format has no field for is left out, as a plan for it must. */
const WISHES: Parameters = {
  temperature: 0.5,
  max_tokens: 64,
  seed: 7,
  stop: ['END'],
  logprobs: true,
  top_logprobs: 2,
  thinking: false,
};

function targetOf(preset: Preset): TargetDraft {
  const applied = applyPreset(preset, {
    name: 'golden',
    model: preset.modelExample,
    key: preset.key === 'needed' ? 'lab-key' : null,
    values: Object.fromEntries(preset.values.map(({ name, example }) => [name, example])),
  });
  if (!applied.ok) throw new Error(JSON.stringify(applied.problems));
  return targetDraftSchema.parse({
    ...applied.target,
    allowPrivate: preset.local,
    allowHttp: preset.local,
  });
}

function requestOf(preset: Preset): string {
  const target = targetOf(preset);
  const unsupported = new Set<string>(unsupportedParameters(target, WISHES));
  // One vendor has a single field for both.
  if (target.dialect?.renames.top_logprobs === 'logprobs') unsupported.add('logprobs');
  const parameters = Object.fromEntries(
    Object.entries(WISHES).filter(([name]) => !unsupported.has(name)),
  );
  expect(requestProblems(target, parameters)).toEqual([]);
  const { method, url, headers, auth, body } = buildRequest(target, {
    messages: [
      { role: 'system', content: 'Answer in one word.' },
      { role: 'user', content: 'Wie heißt die Hauptstadt?' },
    ],
    parameters,
    keyName: target.key,
  });
  const secret =
    auth?.kind === 'header' ? [`${auth.header}: ${auth.prefix}[key ${auth.keyName}]`] : [];
  return [
    `${method} ${url}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...secret,
    '',
    new TextDecoder().decode(body ?? undefined),
    '',
  ].join('\n');
}

describe('presets', () => {
  it('are those of the product', () => {
    expect(presets.map(({ name }) => name).sort()).toEqual([
      'anthropic',
      'azure',
      'bedrock',
      'dashscope',
      'deepseek',
      'fireworks',
      'gemini',
      'groq',
      'llama-cpp',
      'lm-studio',
      'minimax',
      'mistral',
      'moonshot',
      'ollama',
      'openai',
      'openai-responses',
      'openrouter',
      'sglang',
      'together',
      'vertex',
      'vllm',
      'xai',
      'zhipu',
    ]);
    for (const format of formatSchema.options)
      if (format !== 'custom' && format !== 'paste')
        expect(presets.some((preset) => preset.format === format)).toBe(true);
  });

  it.each(presets)('$name makes exactly the request of its golden file', async (preset) => {
    await expect(requestOf(preset)).toMatchFileSnapshot(`golden/${preset.name}.txt`);
  });

  it.each(presets)('$name has no field that its format writes too', (preset) => {
    expect(requestProblems(targetOf(preset), { max_tokens: 1 })).toEqual([]);
  });

  it('carry what vendors call things into the bytes', () => {
    expect(requestOf(byName('mistral'))).toContain('"random_seed":7');
    expect(requestOf(byName('openai'))).toContain('"max_completion_tokens":64');
    expect(requestOf(byName('deepseek'))).toContain('"thinking":{"type":"disabled"}');
    expect(requestOf(byName('dashscope'))).toContain('"enable_thinking":false');
    expect(requestOf(byName('openrouter'))).toContain(
      '"provider":{"allow_fallbacks":false,"require_parameters":true}',
    );
  });
});

describe('applyPreset', () => {
  it('asks for every missing value and for the key', () => {
    const applied = applyPreset(byName('vertex'), { name: 'a', model: 'b' });
    expect(applied).toMatchObject({
      ok: false,
      problems: [{ path: 'values.location' }, { path: 'values.project' }, { path: 'key' }],
    });
  });

  it('takes no value that could lead to another host', () => {
    for (const resource of ['evil.example/', 'a@b', 'a#', 'a?b', '..', 'a b', '', '-a']) {
      const applied = applyPreset(byName('azure'), {
        name: 'a',
        model: 'b',
        key: 'k',
        values: { resource },
      });
      expect(applied.ok, resource).toBe(false);
    }
  });

  it('fills every place of a value', () => {
    expect(targetOf(byName('vertex')).baseUrl).toBe(
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/my-project/locations/europe-west4/publishers/google',
    );
  });

  it('refuses a preset whose base URL and values do not fit together, or that says two things of one parameter', () => {
    const broken = (more: object) =>
      presetSchema.safeParse({ ...byName('openai'), ...more }).success;
    expect(broken({})).toBe(true);
    expect(broken({ baseUrl: 'https://{x}.example.org' })).toBe(false);
    expect(broken({ values: [{ name: 'x', title: 'x', example: 'x' }] })).toBe(false);
    expect(broken({ baseUrl: 'http://api.example.org' })).toBe(false);
    expect(broken({ surprise: 1 })).toBe(false);
    const [note] = byName('openai').notes;
    expect(broken({ notes: [note] })).toBe(true);
    expect(broken({ notes: [note, note] })).toBe(false);
  });
});
