import type { Output } from '#shared/contract/index.ts';
import type { GlyphName } from '../../ui/glyph.tsx';

export type AuditState = Output<'audit.get'>['audit']['state'];

export const STATE: Readonly<
  Record<AuditState, { readonly glyph: GlyphName; readonly word: string }>
> = {
  running: { glyph: 'running', word: 'Running' },
  paused: { glyph: 'paused', word: 'Paused' },
  interrupted: { glyph: 'warn', word: 'Interrupted' },
  complete: { glyph: 'ok', word: 'Complete' },
  stopped: { glyph: 'stopped', word: 'Stopped' },
  budget: { glyph: 'stopped', word: 'Limit reached' },
  failed: { glyph: 'bad', word: 'Failed' },
};
