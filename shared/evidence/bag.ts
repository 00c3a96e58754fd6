import type { ReportFacts } from '../report/facts.ts';
import { utf8 } from './bytes.ts';
import { type BagContent, contentFor, dataFiles, type Files, factsOf } from './content.ts';
import type { EvidenceDocument } from './document.ts';
import { type Signer, signStatement } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { BAGIT, BAGIT_TEXT, MANIFEST, PUBLIC_KEY, STATEMENT, TAG_MANIFEST } from './layout.ts';
import { manifestBytes } from './manifest.ts';
import { reportPredicate } from './predicate.ts';
import { spkiToPem } from './spki.ts';
import { PREDICATE, statementBytes, subject } from './statements.ts';

const NOTHING: Files = new Map();

/** The payload that is signed: an in-toto statement about manifest-sha256.txt. */
export function reportStatement(facts: ReportFacts, manifest: Uint8Array): Uint8Array {
  return statementBytes([subject(MANIFEST, manifest)], PREDICATE.report, reportPredicate(facts));
}

/** The tag manifest covers bagit.txt, the manifest and all of attestation/. */
export function tagFiles(files: Files): Map<string, Uint8Array> {
  return new Map([...files].filter(([path]) => !path.startsWith('data/') && path !== TAG_MANIFEST));
}

/**
 * Writes a content into a signed BagIt 1.0 bag: path in the bag to bytes. The results are taken as they are; `verifyBag`
 * computes them again. The signer's key must be the one the document names. `attached`: files of layout.ts' ATTACHED.
 */
export async function sealBag(
  content: BagContent,
  signer: Signer,
  attached: Files = NOTHING,
): Promise<Map<string, Uint8Array>> {
  const pem = spkiToPem(signer.publicKeySpkiDer);
  assertEvidence(
    pem === content.head.signerPublicKeyPem,
    'the signer is not the one the document names',
  );
  const data = dataFiles(content, attached);
  const manifest = manifestBytes(data);
  const files = new Map(data);
  files.set(BAGIT, utf8(BAGIT_TEXT));
  files.set(MANIFEST, manifest);
  const statement = reportStatement(factsOf(content, attached), manifest);
  files.set(STATEMENT, await signStatement(statement, signer));
  files.set(PUBLIC_KEY, utf8(pem));
  files.set(TAG_MANIFEST, manifestBytes(tagFiles(files)));
  return files;
}

/** A bag of a document in the profile that it names. */
export function buildBag(
  document: EvidenceDocument,
  signer: Signer,
  attached: Files = NOTHING,
): Promise<Map<string, Uint8Array>> {
  return sealBag(contentFor(document, document.profile), signer, attached);
}
