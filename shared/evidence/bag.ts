import { utf8 } from './bytes.ts';
import { dataFiles } from './data-files.ts';
import { type Derived, derive } from './derive.ts';
import type { EvidenceDocument } from './document.ts';
import { type Signer, signStatement } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { BAGIT, BAGIT_TEXT, MANIFEST, PUBLIC_KEY, STATEMENT, TAG_MANIFEST } from './layout.ts';
import { manifestBytes } from './manifest.ts';
import { reportPredicate } from './predicate.ts';
import { spkiToPem } from './spki.ts';
import { PREDICATE, statementBytes, subject } from './statements.ts';

/** The payload that is signed: an in-toto statement about manifest-sha256.txt. */
export function reportStatement(
  document: EvidenceDocument,
  derived: Derived,
  manifest: Uint8Array,
): Uint8Array {
  return statementBytes(
    [subject(MANIFEST, manifest)],
    PREDICATE.report,
    reportPredicate(document, derived),
  );
}

/** The tag manifest covers bagit.txt, the manifest and all of attestation/. */
export function tagFiles(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...files].filter(([path]) => !path.startsWith('data/') && path !== TAG_MANIFEST));
}

/**
 * Writes a document into a signed BagIt 1.0 bag: path in the bag to bytes. The document's results are taken as they are;
 * `verifyBag` computes them again. The signer's key must be the one the document names.
 */
export async function buildBag(
  document: EvidenceDocument,
  signer: Signer,
): Promise<Map<string, Uint8Array>> {
  const pem = spkiToPem(signer.publicKeySpkiDer);
  assertEvidence(
    pem === document.signerPublicKeyPem,
    'the signer is not the one the document names',
  );
  const derived = derive(document);
  const data = dataFiles(document, derived);
  const manifest = manifestBytes(data);
  const files = new Map(data);
  files.set(BAGIT, utf8(BAGIT_TEXT));
  files.set(MANIFEST, manifest);
  files.set(STATEMENT, await signStatement(reportStatement(document, derived, manifest), signer));
  files.set(PUBLIC_KEY, utf8(pem));
  files.set(TAG_MANIFEST, manifestBytes(tagFiles(files)));
  return files;
}
