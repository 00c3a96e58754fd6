import { z } from 'zod';

/** Parts of the report that may be left out. The first page and the list of files are never left out. */
export const SECTIONS = [
  'results',
  'explanations',
  'excluded',
  'tier-b',
  'method',
  'scale',
  'panel',
  'registries',
  'worksheet',
  'check',
  'appendix',
] as const;
export type SectionId = (typeof SECTIONS)[number];

export const TEMPLATES = ['full', 'summary', 'technical'] as const;
export type Template = (typeof TEMPLATES)[number];

/** `summary`: for a reader who decides. `technical`: for the other side's expert, without the plain-words part. */
export const TEMPLATE_SECTIONS: Readonly<Record<Template, readonly SectionId[]>> = {
  full: SECTIONS,
  summary: ['results', 'explanations', 'excluded', 'scale', 'check'],
  technical: SECTIONS.filter((id) => id !== 'method' && id !== 'worksheet'),
};

/** Size of the largest logo file. */
export const MAX_LOGO_BYTES = 256 * 1024;

export const logoSchema = z.strictObject({
  type: z.enum(['image/png', 'image/jpeg']),
  base64: z.base64().max(Math.ceil(MAX_LOGO_BYTES / 3) * 4),
});

/** presentation.json: how the report is shown. It changes no number. */
export const presentationSchema = z.strictObject({
  template: z.enum(TEMPLATES),
  sections: z.array(z.enum(SECTIONS)),
  notes: z.string().max(20_000),
  logo: logoSchema.nullable(),
});
export type Presentation = Readonly<z.infer<typeof presentationSchema>>;

export const FULL_PRESENTATION: Presentation = {
  template: 'full',
  sections: [...SECTIONS],
  notes: '',
  logo: null,
};

/** PNG or JPEG by its first and last bytes, so that the data URI never says what the bytes are not; null for all else. */
export function imageType(bytes: Uint8Array): 'image/png' | 'image/jpeg' | null {
  const begins = (...start: number[]) => start.every((byte, at) => bytes[at] === byte);
  const ends = (...end: number[]) =>
    end.every((byte, at) => bytes[bytes.length - end.length + at] === byte);
  if (
    begins(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10) &&
    ends(0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82)
  )
    return 'image/png';
  return begins(0xff, 0xd8, 0xff) && ends(0xff, 0xd9) ? 'image/jpeg' : null;
}
