import { sha256, toBase64, utf8 } from '../evidence/bytes.ts';
import { type Derived, derive } from '../evidence/derive.ts';
import type { EvidenceDocument } from '../evidence/document.ts';
import { opensshFingerprint, spkiFromPem } from '../evidence/spki.ts';
import { appendix } from './appendix.ts';
import { explanationsSection } from './controls.ts';
import { firstPage, scaleTable } from './findings.ts';
import { Html, html } from './html.ts';
import { methodSection, panelSection, registriesSection } from './method.ts';
import { excludedSection, resultsSection, tierBSection } from './results.ts';
import { STYLE } from './style.ts';

const POLICY = `default-src 'none'; style-src 'sha256-${toBase64(sha256(utf8(STYLE)))}'; base-uri 'none'; form-action 'none'`;

const CONTENTS = [
  ['results', 'Results'],
  ['explanations', 'Controls and other explanations'],
  ['excluded', 'Excluded samples'],
  ['tier-b', 'Found canaries (tier B)'],
  ['method', 'Method in plain words'],
  ['scale', 'Verbal scale'],
  ['panel', 'Panel'],
  ['registries', 'Registries'],
  ['check', 'How to check this report'],
  ['appendix', 'Appendix: every canary that was asked'],
] as const;

function checking(): Html {
  return html`<h2 id="check">How to check this report</h2><p>This page is one file of a signed bag. The bag holds the requests and responses byte for byte, the commitments, the drawing keys of the canaries that were asked, the sealed plan, the custody log and the signature. VERIFY.md in the bag lists commands for sha256sum, openssl and ssh-keygen that need none of our software; the program’s own verifier reads every answer again from its bytes and computes every number anew, this page included. The public key’s fingerprint must reach the reader by another way than the bag.</p>`;
}

/** The report as one static page: no script, no link outwards, nothing loaded. The same document gives the same bytes. */
export function renderReport(
  document: EvidenceDocument,
  derived: Derived = derive(document),
): string {
  const fingerprint = opensshFingerprint(spkiFromPem(document.signerPublicKeyPem));
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>Comparison report ${document.reportId}</title><style>${new Html(STYLE)}</style></head>
<body><main>${firstPage(document, derived, fingerprint)}
<nav aria-label="Contents"><h2>Contents</h2><ol>${CONTENTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
${resultsSection(document)}
${explanationsSection(document, derived)}
${excludedSection(derived)}
${tierBSection(document)}
${methodSection(document, derived)}
<h2 id="scale">Verbal scale</h2>${scaleTable()}
${panelSection(document)}
${registriesSection(document)}
${checking()}
${appendix(document, derived)}</main></body></html>
`;
  return page.markup;
}
