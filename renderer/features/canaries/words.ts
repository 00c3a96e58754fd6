import type { Output } from '#shared/contract/index.ts';
import type { GlyphName } from '../../ui/glyph.tsx';

export type Item = Output<'canary.list'>['items'][number];
export type Registry = Output<'registry.list'>['registries'][number];
export type Status = Item['status'];

export const STATUSES: readonly {
  readonly value: Status;
  readonly label: string;
  readonly means: string;
}[] = [
  { value: 'draft', label: 'Draft', means: 'can still be changed; not committed' },
  { value: 'committed', label: 'Committed', means: 'fixed in a registry, not served' },
  { value: 'planted', label: 'Planted', means: 'served by our model' },
  { value: 'exposed', label: 'Exposed', means: 'sent to a target once or more' },
  { value: 'burned', label: 'Burned', means: 'never fresh evidence again' },
  { value: 'retired', label: 'Retired', means: 'kept, never asked again' },
];

export const statusWord = (status: Status): string =>
  STATUSES.find((s) => s.value === status)?.label ?? status;
export const statusGlyph = (status: Status): GlyphName => status;

export const USE_WORD: Readonly<Record<'served' | 'twin' | 'found', string>> = {
  served: 'Served',
  twin: 'Twin, never served',
  found: 'Found',
};
export const USE_SHORT: typeof USE_WORD = { served: 'Served', twin: 'Twin', found: 'Found' };
