import type { Preset } from '#shared/domain/preset.ts';
import type { Format, TargetDraft } from '#shared/domain/target.ts';
import type { TargetProblem } from './check.ts';
import { presetOf, presetsIn } from './presets.ts';

/** What a vendor is known to do with a parameter that is sent to it. */
export interface Ignored {
  readonly note: string;
  readonly date: string;
  readonly source: string;
}

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

/** Whether a URL is at the host of a preset, with TLS where the preset has it; a value in the preset's URL may be any. */
function isAtHost(preset: Preset, url: URL): boolean {
  const origin = /^https?:\/\/[^/]+/.exec(preset.baseUrl)?.[0] ?? '';
  const pattern = origin.replace(/[.]/g, '\\.').replace(/\{[a-z]+\}/g, '[a-z0-9.-]+');
  return new RegExp(`^${pattern}$`).test(url.origin);
}

/** Who stands behind a target, and what is known of them. */
export interface VendorFacts {
  /** The vendor of the preset, where the target is at that vendor's own host: a preset alone says nothing about who answers. */
  readonly vendor: string | null;
  readonly ignored: ReadonlyMap<string, Ignored>;
}

/** What the preset of a target tells about its vendor; nothing without one. */
export function vendorFacts(
  resources: string,
  { preset: name, baseUrl }: Pick<TargetDraft, 'preset' | 'baseUrl'>,
): VendorFacts {
  const preset = name === null ? undefined : presetOf(resources, name);
  const isTheirs = preset !== undefined && isAtHost(preset, new URL(baseUrl));
  return { vendor: isTheirs ? preset.vendor : null, ignored: ignoredBy(resources, name) };
}

/** A preset that nobody knows would say nothing of its vendor's habits, and look as if there were none. */
export const presetProblems = (
  resources: string,
  { preset }: Pick<TargetDraft, 'preset'>,
): TargetProblem[] =>
  preset === null || presetOf(resources, preset) !== undefined
    ? []
    : [
        {
          path: 'preset',
          message: `There is no preset ${preset}. List them with \`trapstreet preset list\`, or leave it out.`,
        },
      ];

/** The preset whose host and format these are. */
export const presetAt = (resources: string, url: URL, format: Format): Preset | undefined =>
  presetsIn(resources).find((preset) => preset.format === format && isAtHost(preset, url));
