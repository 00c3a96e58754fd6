import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Format,
  formatSchema,
  type Json,
  PARAMETER_NAMES,
  type ParameterName,
} from '#shared/domain/target.ts';
import { adapterOf, buildRequest } from '#shared/wire/adapters.ts';
import type { WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';

const DOC = readFileSync(join(import.meta.dirname, '../../../docs/wire-formats.md'), 'utf8');

/** A value of each parameter that every format which has the parameter can send. */
const SAMPLE: Readonly<Record<ParameterName, Json>> = {
  temperature: 0.5,
  top_p: 0.5,
  max_tokens: 5,
  max_completion_tokens: 5,
  seed: 5,
  frequency_penalty: 0.5,
  presence_penalty: 0.5,
  stop: ['x'],
  top_k: 5,
  min_p: 0.5,
  logprobs: true,
  top_logprobs: 5,
  reasoning_effort: 'low',
  thinking: true,
};

/** Formats that have fields of their own; the others carry what a template or a person carries. */
const FORMATS = formatSchema.options.filter((format) => format !== 'custom' && format !== 'paste');

function leaves(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, at === '' ? name : `${at}.${name}`),
  );
}

function fieldsIn(format: Format, name: ParameterName): string {
  const target: WireTarget = { ...CHAT, format };
  const body = (parameters: object): string[] => {
    const request = buildRequest(target, { messages: [], parameters, keyName: null });
    return leaves(JSON.parse(new TextDecoder().decode(request.body ?? undefined)));
  };
  const without = new Set(body({}));
  const added = body({ [name]: SAMPLE[name] }).filter((leaf) => !without.has(leaf));
  return added.length === 0 ? '–' : added.map((leaf) => `\`${leaf}\``).join(', ');
}

describe('docs/wire-formats.md', () => {
  it('says truly which parameter becomes which field', () => {
    const rows = [
      ['parameter', ...FORMATS],
      ['---', ...FORMATS.map(() => '---')],
      ...PARAMETER_NAMES.map((name) => [
        `\`${name}\``,
        ...FORMATS.map((format) => fieldsIn(format, name)),
      ]),
    ];
    const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
    expect(DOC).toContain(table);
  });

  it('says truly what each format demands', () => {
    for (const format of formatSchema.options) {
      const demanded = adapterOf(format).required;
      expect(DOC.includes(`\`${format}\` demands`), format).toBe(demanded.length > 0);
      for (const field of demanded) expect(DOC).toContain(`\`${format}\` demands \`${field}\``);
    }
  });

  it('has a section for each format', () => {
    for (const format of formatSchema.options) expect(DOC).toContain(`\n## ${format}\n`);
  });
});
