import type { Preset } from '#shared/domain/preset.ts';
import type { Format } from '#shared/domain/target.ts';
import { presetOf, presetsIn } from './presets.ts';

/** What a vendor is known to do with a parameter that is sent to it. */
export interface Ignored {
  readonly note: string;
  readonly date: string;
  readonly source: string;
}

/** The vendor that a preset is about; null without one. */
export const vendorOf = (resources: string, preset: string | null): string | null =>
  (preset === null ? undefined : presetOf(resources, preset))?.vendor ?? null;

/** Parameters that the vendor of a preset is known to ignore, change, refuse, or take without a promise. */
export const ignoredBy = (
  resources: string,
  preset: string | null,
): ReadonlyMap<string, Ignored> => {
  const notes = (preset === null ? undefined : presetOf(resources, preset))?.notes ?? [];
  return new Map(
    notes.map(({ parameter, effect, text, seen, source }) => [
      parameter,
      { note: `${effect}: ${text}`, date: seen, source },
    ]),
  );
};

/** The preset whose host and format these are: a value in its URL may be any. */
export function presetAt(resources: string, url: URL, format: Format): Preset | undefined {
  return presetsIn(resources).find((preset) => {
    if (preset.format !== format) return false;
    const host = /^https?:\/\/([^/]+)/.exec(preset.baseUrl)?.[1] ?? '';
    const pattern = host.replace(/[.]/g, '\\.').replace(/\{[a-z]+\}/g, '[a-z0-9.-]+');
    return new RegExp(`^${pattern}$`).test(url.host);
  });
}
