import { z } from 'zod';
import { type VerifyReport, verifyBag } from '#shared/evidence/verify.ts';
import { verifyStamps } from '#shared/evidence/verify-time.ts';
import { LABEL_WORDS } from '#shared/report/words.ts';
import { formatE, formatPlural } from '#shared/util/format.ts';
import { visible } from '#shared/util/visible.ts';
import { droppedFiles, type Named, namedFiles } from './read-folder.ts';

// The policy of this page allows no eval: zod must not try it.
z.config({ jitless: true });

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`no ${id}`);
  return found;
}

const key = element('key', HTMLTextAreaElement);
const roots = element('roots', HTMLTextAreaElement);
const folder = element('folder', HTMLInputElement);
const drop = element('drop', HTMLElement);
const verdict = element('verdict', HTMLElement);
const results = element('results', HTMLElement);
const list = element('checks', HTMLUListElement);

const WORDS = {
  passed: '✓ passed',
  failed: '✗ failed',
  withheld: '◌ withheld',
  unproven: '? unproven',
} as const;

function add(parent: HTMLElement, tag: string, text: string, name = ''): HTMLElement {
  const child = document.createElement(tag);
  child.textContent = visible(text);
  if (name !== '') child.className = name;
  parent.append(child);
  return child;
}

function say(kind: '' | 'passed' | 'failed', first: string, rest: readonly string[] = []): void {
  verdict.className = kind;
  verdict.replaceChildren();
  add(add(verdict, 'p', ''), 'strong', first);
  for (const line of rest) add(verdict, 'p', line);
}

function sentence(report: VerifyReport): string {
  const failed = report.checks.filter(({ status }) => status === 'failed').length;
  if (!report.ok)
    return `Refused: ${formatPlural(failed, 'check', 'checks')} failed. Do not rely on it.`;
  const open = report.checks.filter(({ status }) => status === 'withheld').length;
  const unproven = report.checks.filter(({ status }) => status === 'unproven').length;
  if (open === 0 && unproven > 0)
    return `Every check passed. ${formatPlural(unproven, 'statement', 'statements')} about time cannot be proven here: each says why.`;
  return open === 0
    ? 'Every check passed.'
    : `No check failed; ${formatPlural(open, 'check', 'checks')} cannot be made in the profile ${report.profile}.`;
}

function show(report: VerifyReport, seconds: number): void {
  const signer = report.fingerprint ?? 'no readable key';
  const found = report.ok ? (report.results?.evaluation.suspects ?? []) : [];
  say(report.ok ? 'passed' : 'failed', sentence(report), [
    report.keyGiven
      ? `Checked against the key you gave: ${signer}.`
      : `Checked against the copy of the key in the bundle, ${signer}: this shows that the bundle agrees with itself, not who made it. Compare the fingerprint by another way.`,
    ...found.map(
      ({ target, hits, asked, logE, label }) =>
        `${target}: ${LABEL_WORDS[label].glyph} ${LABEL_WORDS[label].word}, ${hits} hits on ${asked}, E = ${formatE(logE)}`,
    ),
    `${report.checks.length} checks in ${seconds.toFixed(1)} s.`,
  ]);
  list.replaceChildren();
  for (const { name, status, detail, limit } of report.checks) {
    const item = document.createElement('li');
    item.className = status;
    add(item, 'span', WORDS[status], 'state');
    add(item, 'span', name);
    const words = add(item, 'div', '');
    add(words, 'div', detail);
    if (limit !== '') add(words, 'div', `Does not prove: ${limit}`, 'limit');
    list.append(item);
  }
  results.hidden = false;
}

/** Lets the page draw what it says before the long computation. */
const drawn = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));

async function verify(read: () => Promise<Named>): Promise<void> {
  results.hidden = true;
  say('', 'Reading and checking.');
  await drawn();
  try {
    const files = await read();
    const pem = key.value.trim();
    const started = performance.now();
    const checked = verifyBag(files, pem === '' ? {} : { publicKeyPem: `${pem}\n` });
    const tsaRootsPem = roots.value.trim();
    const stamps = await verifyStamps(files, tsaRootsPem === '' ? {} : { tsaRootsPem });
    const report = {
      ...checked,
      ok: checked.ok && stamps.every(({ status }) => status !== 'failed'),
      checks: [...checked.checks, ...stamps],
    };
    show(report, (performance.now() - started) / 1000);
  } catch (error) {
    say(
      'failed',
      `Refused: ${error instanceof Error ? error.message : 'the folder cannot be read'}`,
    );
  }
}

folder.addEventListener('change', () => {
  const chosen = [...(folder.files ?? [])];
  void verify(() => namedFiles(chosen.map((file) => ({ path: file.webkitRelativePath, file }))));
});
drop.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.className = 'over';
});
drop.addEventListener('dragleave', () => {
  drop.className = '';
});
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.className = '';
  const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
  void verify(() => droppedFiles(entries.filter((entry) => entry !== null)));
});
