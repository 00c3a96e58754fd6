import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Verification } from '#shared/contract/bundle.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { equalBytes, sha256Hex, utf8 } from '#shared/evidence/bytes.ts';
import {
  type BagContent,
  type Files,
  factsOf,
  fullContent,
  withheldContent,
} from '#shared/evidence/content.ts';
import { derive } from '#shared/evidence/derive.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import { ATTACHED, ATTACHMENTS } from '#shared/evidence/layout.ts';
import { profileOf, readBag } from '#shared/evidence/read-bag.ts';
import { rescoreBag } from '#shared/evidence/rescore.ts';
import { type VerifyCheck, verifyBag } from '#shared/evidence/verify.ts';
import { verifyDisclosure } from '#shared/evidence/verify-disclosure.ts';
import { verifyStamps } from '#shared/evidence/verify-time.ts';
import { readWithheld } from '#shared/evidence/withheld-files.ts';
import { renderReport } from '#shared/report/render.ts';
import { VERSION } from '#shared/util/version.ts';
import type { Paths } from '../../ports.ts';
import { builtFile } from '../evidence/report.ts';
import { reportPdf } from '../evidence/report-pdf.ts';
import { readFolder } from '../files.ts';
import { trustedHere } from '../timestamp/bag.ts';
import type { Session } from '../workspace/session.ts';

type Where = Pick<Paths, 'resources'>;

function folderOf(path: string): string {
  const folder = resolve(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new AppError('NOT_FOUND', 'There is no such folder.');
  return folder;
}

/** The content of a bag that was verified. */
function contentIn(files: Files): BagContent {
  if (profileOf(files) === 'public') return withheldContent(readWithheld(files));
  const { document } = readBag(files);
  return fullContent(document, derive(document));
}

const attachedIn = (files: Files): Files =>
  new Map([...files].filter(([path]) => ATTACHMENTS.includes(path)));

const check = (name: string, status: VerifyCheck['status'], detail: string): VerifyCheck => ({
  name,
  status,
  detail,
  limit: 'Only that this program draws the same file.',
});

/** Files that only the program itself can make again: the PDF, and the page, which cannot vouch for itself. */
async function attachedChecks(files: Files, where: Where): Promise<VerifyCheck[]> {
  const checks: VerifyCheck[] = [];
  const content = contentIn(files);
  const own = content.head.tool.version === VERSION;
  const pdf = files.get(ATTACHED.pdf);
  if (pdf !== undefined && own) {
    const again = await reportPdf(factsOf(content, attachedIn(files)));
    const same = equalBytes(again.bytes, pdf);
    checks.push(
      check(
        'report PDF',
        same ? 'passed' : 'failed',
        same ? 'report.pdf drawn again, byte for byte' : 'report.pdf is not what these data give',
      ),
    );
  }
  const page = files.get(ATTACHED.page);
  const built = builtFile(where, 'verify.html');
  if (page !== undefined && built !== null) {
    const same = equalBytes(page, built);
    checks.push(
      check(
        'verification page',
        same ? 'passed' : own ? 'failed' : 'withheld',
        same
          ? 'verify.html is the page of this program'
          : `verify.html (SHA-256 ${sha256Hex(page)}) is not the page of this program; do not use it`,
      ),
    );
  }
  return checks;
}

function refusal(path: string, keyGiven: boolean, detail: string): Verification {
  return {
    ok: false,
    path,
    keyid: null,
    keyGiven,
    profile: null,
    checks: [{ name: 'layout', status: 'failed', detail, limit: '' }],
  };
}

interface Read {
  readonly verification: Verification;
  /** Null when the folder cannot be a bundle. */
  readonly files: Files | null;
}

async function readAndVerify(
  path: string,
  pem: string | null,
  where: Where,
  tsaRootsPem: string | null = null,
): Promise<Read> {
  const folder = folderOf(path);
  let files: Files;
  try {
    files = readFolder(folder);
  } catch (error) {
    const known = error instanceof AppError || error instanceof EvidenceError;
    const detail = known ? error.message : 'it cannot be read';
    return { verification: refusal(folder, pem !== null, detail), files: null };
  }
  const report = verifyBag(files, pem === null ? {} : { publicKeyPem: pem });
  const checks = [
    ...report.checks,
    ...(report.ok ? await attachedChecks(files, where) : []),
    ...(await verifyStamps(files, tsaRootsPem === null ? {} : { tsaRootsPem })),
  ];
  return {
    verification: {
      ok: checks.every(({ status }) => status !== 'failed'),
      path: folder,
      keyid: report.fingerprint,
      keyGiven: report.keyGiven,
      profile: report.profile,
      checks,
    },
    files,
  };
}

/** Verifies a folder; a folder that cannot be a bundle is a failed check, not an exception. Errors: NOT_FOUND. */
export async function verifyFolder(
  { path, publicKeyPem, tsaRootsPem, disclosure }: ParsedInput<'bundle.verify'>,
  where: Where,
): Promise<Verification> {
  const { verification, files } = await readAndVerify(path, publicKeyPem, where, tsaRootsPem);
  if (disclosure === null || files === null) return verification;
  const checks = [...verification.checks, ...disclosureChecks(files, disclosure)];
  return { ...verification, checks, ok: checks.every(({ status }) => status !== 'failed') };
}

function disclosureChecks(bag: Files, disclosure: string): VerifyCheck[] {
  const folder = folderOf(disclosure);
  try {
    return verifyDisclosure(bag, readFolder(folder));
  } catch (error) {
    const detail = error instanceof AppError ? error.message : 'it cannot be read';
    return [{ name: 'disclosed files', status: 'failed', detail, limit: '' }];
  }
}

/** Verifies a bundle of this workspace against the workspace's own key. Errors: NOT_FOUND. */
export function checkBundle(session: Session, bundleId: string): Promise<Verification> {
  const item = session.workspaces.bundles().find((entry) => entry.bundleId === bundleId);
  if (!item) throw new AppError('NOT_FOUND', 'There is no such bundle.');
  const { pem, rootsPem } = trustedHere(session, item.path);
  const trusted = { path: item.path, publicKeyPem: pem, tsaRootsPem: rootsPem, disclosure: null };
  return verifyFolder(trusted, session.ports.paths);
}

/** A foreign bundle, verified, and its report drawn anew from its data. Reads only. Errors: NOT_FOUND. */
export async function openBundleFolder(
  { path, publicKeyPem, tsaRootsPem }: ParsedInput<'bundle.open'>,
  where: Where,
): Promise<Output<'bundle.open'>> {
  const { verification, files } = await readAndVerify(path, publicKeyPem, where, tsaRootsPem);
  if (!verification.ok || files === null) return { verification, report: null };
  const content = contentIn(files);
  const { head } = content;
  return {
    verification,
    report: {
      reportId: head.reportId,
      createdUtc: head.createdUtc,
      lab: head.lab,
      analyst: head.analyst,
      caseTitle: head.case.title,
      html: renderReport(factsOf(content, attachedIn(files))),
    },
  };
}

/** Stored responses of a bundle, scored by this program. Errors: NOT_FOUND, INTEGRITY. */
export function rescoreFolder(path: string): Output<'bundle.rescore'> {
  const files = readFolder(folderOf(path));
  try {
    return rescoreBag(files);
  } catch (error) {
    const why = error instanceof EvidenceError ? error.message : 'it cannot be read';
    throw new AppError('INTEGRITY', `The bundle cannot be scored again: ${why}.`);
  }
}

/** The offline page of this installation. Errors: NOT_FOUND. */
export function verificationPage(where: Where): Output<'bundle.page'> {
  const bytes = builtFile(where, 'verify.html');
  if (bytes === null)
    throw new AppError('NOT_FOUND', 'The page is not built here. Run "npm run build" first.');
  const html = new TextDecoder().decode(bytes);
  return { html, sha256: sha256Hex(utf8(html)) };
}
