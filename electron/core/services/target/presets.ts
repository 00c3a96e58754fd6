import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { applyPreset, type Preset, presetSchema } from '#shared/domain/preset.ts';
import { targetDraftSchema } from '#shared/domain/target.ts';

const loaded = new Map<string, readonly Preset[]>();

/** The presets of `resources/presets`, by title; read once a folder. Throws when a file is not one: they ship with us. */
export function presetsIn(resources: string): readonly Preset[] {
  const known = loaded.get(resources);
  if (known) return known;
  const folder = join(resources, 'presets');
  const presets = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const preset = presetSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      if (`${preset.name}.json` !== file) throw new Error(`${file} holds ${preset.name}`);
      return preset;
    })
    .sort((a, b) => a.title.localeCompare(b.title, 'en'));
  loaded.set(resources, presets);
  return presets;
}

export const presetOf = (resources: string, name: string): Preset | undefined =>
  presetsIn(resources).find((preset) => preset.name === name);

export const listPresets = (resources: string): Output<'preset.list'> => ({
  presets: [...presetsIn(resources)],
});

/** Errors: NOT_FOUND, BAD_INPUT with every value that is missing. */
export function targetFromPreset(
  resources: string,
  { preset: name, consent, ...choice }: ParsedInput<'preset.apply'>,
): Output<'preset.apply'> {
  const preset = presetOf(resources, name);
  if (preset === undefined)
    throw new AppError(
      'NOT_FOUND',
      `There is no preset ${name}. List them with \`trapstreet preset list\`.`,
    );
  const applied = applyPreset(preset, choice);
  if (!applied.ok)
    throw new AppError('BAD_INPUT', applied.problems.map(({ message }) => message).join(' '), {
      issues: [...applied.problems],
    });
  const consents = { allowPrivate: consent && preset.local, allowHttp: consent && preset.local };
  return { target: targetDraftSchema.parse({ ...applied.target, ...consents }) };
}
