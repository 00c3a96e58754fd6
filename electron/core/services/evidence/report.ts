import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { fromBase64, fromUtf8, sha256Hex, toBase64, utf8 } from '#shared/evidence/bytes.ts';
import { type BagContent, contentFor, factsOf } from '#shared/evidence/content.ts';
import { ATTACHED, DATA } from '#shared/evidence/layout.ts';
import {
  imageType,
  MAX_LOGO_BYTES,
  type Presentation,
  SECTIONS,
  TEMPLATE_SECTIONS,
} from '#shared/evidence/presentation.ts';
import { renderReport } from '#shared/report/render.ts';
import type { Paths } from '../../ports.ts';
import type { Session } from '../workspace/session.ts';
import { evidenceDocument } from './document.ts';
import { reportPdf } from './report-pdf.ts';

type Options = Pick<
  ParsedInput<'report.get'>,
  'auditId' | 'lab' | 'analyst' | 'profile' | 'template' | 'sections' | 'notes' | 'logo'
>;

function logoOf(base64: string | null): Presentation['logo'] {
  if (base64 === null || base64 === '') return null;
  const bytes = fromBase64(base64);
  const type = imageType(bytes);
  if (type === null || bytes.length > MAX_LOGO_BYTES)
    throw new AppError('BAD_INPUT', 'The logo is not a PNG or JPEG of at most 256 KiB.');
  return { type, base64 };
}

/** What the options say of sections, notes and logo. Errors: BAD_INPUT. */
function presentationOf(options: Options): Presentation {
  const wanted = options.sections ?? TEMPLATE_SECTIONS[options.template];
  return {
    template: options.template,
    sections: SECTIONS.filter((id) => wanted.includes(id)),
    notes: options.notes,
    logo: logoOf(options.logo),
  };
}

/** The content of a bundle of this audit in the profile asked for. Errors: NOT_FOUND, CONFLICT, BAD_INPUT. */
export async function contentOf(
  session: Session,
  options: Options,
  checkpoint = session.checkpoint,
): Promise<BagContent> {
  const { auditId, lab, analyst } = options;
  const presentation = presentationOf(options);
  const document = await evidenceDocument(session, {
    auditId,
    lab,
    analyst,
    presentation,
    checkpoint,
  });
  return contentFor(document, options.profile);
}

const BUILT = [
  [
    ATTACHED.page,
    'verify.html',
    'The offline verification page is not built here and was left out.',
  ],
  [ATTACHED.sbom, 'sbom.cdx.json', 'The list of components is not built here and was left out.'],
] as const;

export interface Attached {
  readonly files: Map<string, Uint8Array>;
  readonly warnings: string[];
}

/** Files that the build makes beside the program. */
export function builtFile(paths: Pick<Paths, 'resources'>, name: string): Uint8Array | null {
  const path = join(paths.resources, '..', 'out', 'evidence', name);
  return existsSync(path) ? new Uint8Array(readFileSync(path)) : null;
}

/** What goes into a bag beside its data; what this installation does not have is a warning. */
export function attachedFiles(session: Session): Attached {
  const files = new Map<string, Uint8Array>();
  const warnings: string[] = [];
  for (const [path, name, warning] of BUILT) {
    const bytes = builtFile(session.ports.paths, name);
    if (bytes === null) warnings.push(warning);
    else files.set(path, bytes);
  }
  return { files, warnings };
}

async function written(
  content: BagContent,
  attached: Attached,
  format: 'html' | 'pdf' | 'json',
): Promise<{ readonly bytes: Uint8Array; readonly warnings: readonly string[] }> {
  const facts = factsOf(content, attached.files);
  switch (format) {
    case 'html':
      return { bytes: utf8(renderReport(facts)), warnings: [] };
    case 'json':
      return { bytes: content.files.get(DATA.results) ?? new Uint8Array(), warnings: [] };
    case 'pdf':
      return reportPdf(facts);
  }
}

/** The report in one of its formats. Errors: NOT_FOUND, CONFLICT while it runs, BAD_INPUT. */
export async function getReport(
  session: Session,
  input: ParsedInput<'report.get'>,
): Promise<Output<'report.get'>> {
  const { format } = input;
  const content = await contentOf(session, input);
  const { bytes, warnings } = await written(content, attachedFiles(session), format);
  const sha256 = sha256Hex(bytes);
  session.transaction(() =>
    session.record('report.rendered', {
      audit: input.auditId,
      report: content.head.reportId,
      profile: input.profile,
      format,
      sha256,
    }),
  );
  return {
    format,
    content: format === 'pdf' ? toBase64(bytes) : fromUtf8(bytes),
    sha256,
    warnings: [...warnings],
  };
}
