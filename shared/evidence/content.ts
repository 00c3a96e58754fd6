import { type ReportFacts, reportFacts, withheldFacts } from '../report/facts.ts';
import { renderReport } from '../report/render.ts';
import { sha256Hex, utf8 } from './bytes.ts';
import { fullFiles, inclusionPaths } from './data-files.ts';
import { type Derived, derive } from './derive.ts';
import type { EvidenceDocument, Profile, ReportHead } from './document.ts';
import { excerptFor } from './excerpt.ts';
import { DATA, REPORT_PATTERN } from './layout.ts';
import { manifestBytes } from './manifest.ts';
import { type WithheldDocument, withhold } from './withheld.ts';
import { withheldFiles } from './withheld-files.ts';

export type Files = ReadonlyMap<string, Uint8Array>;

/** What a bag of any profile is written from, and written again from when it is verified. */
export interface BagContent {
  readonly head: ReportHead;
  /** Data files without the report and without what is attached. */
  readonly files: Files;
  facts(contentsSha256: string): ReportFacts;
}

export function fullContent(document: EvidenceDocument, derived: Derived): BagContent {
  return {
    head: document,
    files: fullFiles(document, derived),
    facts: (hash) => reportFacts(document, derived, hash),
  };
}

export function withheldContent(document: WithheldDocument): BagContent {
  return {
    head: document,
    files: withheldFiles(document),
    facts: (hash) => withheldFacts(document, hash),
  };
}

/** A document as a profile discloses it. */
export function contentFor(document: EvidenceDocument, profile: Profile): BagContent {
  const derived = derive(document);
  if (profile === 'internal') return fullContent({ ...document, profile }, derived);
  if (profile === 'public')
    return withheldContent(
      withhold(document, derived, inclusionPaths(document, document.canaries)),
    );
  const { lines, checkpointSigstore } = document.custody;
  const custody = { lines: excerptFor(lines, document.run.id), checkpointSigstore };
  return fullContent({ ...document, profile, custody }, derived);
}

/** The hash on the report's first page: over the manifest lines of every data file but the reports. */
export function contentsHash(data: Files): string {
  return sha256Hex(
    manifestBytes(
      new Map([...data].filter(([path]) => path.startsWith('data/') && !REPORT_PATTERN.test(path))),
    ),
  );
}

/** Facts of a content together with what is attached to it. */
export function factsOf(content: BagContent, attached: Files): ReportFacts {
  return content.facts(contentsHash(new Map([...content.files, ...attached])));
}

/** Every file under data/. */
export function dataFiles(content: BagContent, attached: Files): Map<string, Uint8Array> {
  const files = new Map([...content.files, ...attached]);
  files.set(DATA.report, utf8(renderReport(factsOf(content, attached))));
  return files;
}
