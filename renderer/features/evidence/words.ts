import type { Output } from '#shared/contract/index.ts';
import type { GlyphName } from '../../ui/glyph.tsx';

export type Evidence = Output<'evidence.get'>;
export type TierA = NonNullable<Evidence['tierA']>;
export type Suspect = TierA['suspects'][number];
export type TierB = NonNullable<Evidence['tierB']>;

export const LABEL: Readonly<
  Record<Suspect['label'], { readonly glyph: GlyphName; readonly word: string }>
> = {
  'report-grade': { glyph: 'report', word: 'report-grade' },
  lead: { glyph: 'lead', word: 'lead' },
  none: { glyph: 'none', word: 'none' },
  futility: { glyph: 'futility', word: 'futility' },
  undetermined: { glyph: 'undetermined', word: 'undetermined' },
};

export const LEAD = 20;
/** Leave-one-hit-out must stay at or above this (METHOD 5.5). */
export const LEAVE_ONE_OUT = 100;

export const BEACON: Readonly<Record<Evidence['beacon'], string | null>> = {
  given: null,
  'not-needed': null,
  unverified:
    'The draw used a beacon value that nobody can check. That it was public randomness rests on the word of the laboratory.',
  none: 'The draw used no public beacon. That the responses were not picked rests on the word of the laboratory.',
  mixed:
    'Some registries were drawn without a public beacon; for those, that the responses were not picked rests on the word of the laboratory.',
};

export const EXPLANATION: Readonly<Record<Suspect['explanation'], string>> = {
  T: 'direct training on served outputs',
  P: 'public third-party data',
  L: 'a live relay to our model',
  R: 'a leak of the registry',
  F: 'an error or fraud of the analyst',
  none: 'none needed',
};
