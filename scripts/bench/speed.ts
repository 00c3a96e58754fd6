import { createCipheriv, createDecipheriv } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationInput, PanelAnswer } from '#shared/domain/evaluation.ts';
import { readAttempt } from '#shared/evidence/reading.ts';
import { compileCandidates } from '#shared/scoring/exact.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { printTable, progress, readOptions } from './options.ts';

const SUSPECTS = 100;
const CANARIES = 10_000;
const CANDIDATES = 1024;
const TOKENS = 200;
const ANSWERS_PER_CANARY = 250;

interface Timed {
  readonly wallMs: number;
  /** CPU of this process, other threads of it included. */
  readonly cpuMs: number;
}

function timed(work: () => void): Timed {
  const cpu = process.cpuUsage();
  const start = performance.now();
  work();
  const used = process.cpuUsage(cpu);
  return { wallMs: performance.now() - start, cpuMs: (used.user + used.system) / 1000 };
}

function panelInput(random: () => number, rule: EvaluationInput['rule']): EvaluationInput {
  const suspects = Array.from({ length: SUSPECTS }, (_, at) => `suspect-${at}`);
  const controls = Array.from({ length: 5 }, (_, at) => `control-${at}`);
  const answer = (): PanelAnswer => ({
    status: random() < 0.01 ? 'not-administered' : 'administered',
    found: random() < 0.5 ? [] : [Math.floor(random() * CANDIDATES)],
  });
  return {
    panel: [
      ...suspects.map((target) => ({ target, role: 'suspect' as const })),
      ...controls.map((target) => ({ target, role: 'control' as const })),
    ],
    suspects: SUSPECTS,
    rule,
    state: 'complete',
    canaries: Array.from({ length: CANARIES }, (_, at) => ({
      id: `C-${at}`,
      registry: 1,
      use: 'evidence' as const,
      n: CANDIDATES,
      trueIndex: Math.floor(random() * CANDIDATES),
      answers: Object.fromEntries([...suspects, ...controls].map((target) => [target, answer()])),
    })),
  };
}

function evaluation(random: () => number) {
  progress(`evaluating ${SUSPECTS} suspects x ${CANARIES} canaries`);
  // A plan of fixed length walks every canary for every suspect; the rule `label` stops early.
  const input = panelInput(random, 'fixed');
  const texts = input.canaries.map((canary) => JSON.stringify(canary));
  const read = timed(() => {
    for (const text of texts) JSON.parse(text);
  });
  const heap = process.memoryUsage().heapUsed;
  let steps = 0;
  const once = timed(() => {
    steps = evaluate(input).suspects.reduce((sum, suspect) => sum + suspect.steps.length, 0);
  });
  const grown = (process.memoryUsage().heapUsed - heap) / Math.max(1, steps);
  return { read, once, steps, bytesPerStep: Math.max(0, Math.round(grown)) };
}

const WORDS =
  'the answer is that a small old boat lies in harbour and nobody knows who left it there'.split(
    ' ',
  );

/** Pairs of made-up words; both words are common in the answers, so that the automaton is kept busy. */
function candidates(canary: number): string[] {
  return Array.from({ length: CANDIDATES }, (_, at) => `w${at % 32} v${canary % 7}x${at >> 5}`);
}

function answerText(random: () => number, canary: number): string {
  const words = Array.from({ length: TOKENS }, () => {
    const draw = random();
    if (draw < 0.1) return `w${Math.floor(random() * 32)}`;
    if (draw < 0.2) return `v${canary % 7}x${Math.floor(random() * 32)}`;
    return WORDS[Math.floor(random() * WORDS.length)] ?? 'the';
  });
  return `${words.join(' ')}.`;
}

const KEY = Buffer.alloc(32, 7);
const NONCE = 12;
const TAG = 16;
const HEADERS: readonly (readonly [string, string])[] = [['content-type', 'application/json']];

/** An answer as the workspace keeps it: the bytes of the HTTP response, sealed with AES-256-GCM. */
function sealed(text: string, at: number): Buffer {
  const nonce = Buffer.alloc(NONCE);
  nonce.writeUInt32BE(at);
  const body = JSON.stringify({
    id: `chatcmpl-${at}`,
    object: 'chat.completion',
    created: 1_760_000_000,
    model: 'model',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 20, completion_tokens: TOKENS, total_tokens: TOKENS + 20 },
  });
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce);
  const cell = Buffer.concat([
    nonce,
    cipher.update(body, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(cell.length);
  return Buffer.concat([size, cell]);
}

function unseal(cell: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', KEY, cell.subarray(0, NONCE));
  decipher.setAuthTag(cell.subarray(cell.length - TAG));
  return Buffer.concat([
    decipher.update(cell.subarray(NONCE, cell.length - TAG)),
    decipher.final(),
  ]);
}

const PLAIN_CHAT = { format: 'openai-chat', stream: false, template: null } as const;

/** The answer in a sealed cell, by the reader of the product. */
function readCell(cell: Buffer): string {
  const response = { status: 200, headers: HEADERS, body: new Uint8Array(unseal(cell)) };
  return readAttempt({ response, outcome: 'answered', errorCode: null }, PLAIN_CHAT).text ?? '';
}

/** Cells of a file, one canary's answers at a time. */
function readCells(handle: number, count: number): Buffer[] {
  const size = Buffer.alloc(4);
  return Array.from({ length: count }, () => {
    readSync(handle, size);
    const cell = Buffer.alloc(size.readUInt32BE());
    readSync(handle, cell);
    return cell;
  });
}

interface Sum {
  wallMs: number;
  cpuMs: number;
}

function rescoring(random: () => number, answers: number) {
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-bench-'));
  const file = join(folder, 'answers');
  try {
    progress(`writing ${answers} answers of ${TOKENS} tokens`);
    const writing = openSync(file, 'w');
    for (let at = 0; at < answers; at += 1) {
      writeSync(writing, sealed(answerText(random, Math.floor(at / ANSWERS_PER_CANARY)), at));
    }
    closeSync(writing);
    progress('reading and matching');
    const read: Sum = { wallMs: 0, cpuMs: 0 };
    const parse: Sum = { wallMs: 0, cpuMs: 0 };
    const match: Sum = { wallMs: 0, cpuMs: 0 };
    const measure = (sum: Sum, work: () => void) => {
      const part = timed(work);
      sum.wallMs += part.wallMs;
      sum.cpuMs += part.cpuMs;
    };
    const prompt = ['Who left the old boat in the harbour, and when was it?'];
    const handle = openSync(file, 'r');
    let found = 0;
    for (let at = 0; at < answers; at += ANSWERS_PER_CANARY) {
      const canary = at / ANSWERS_PER_CANARY;
      let texts: string[] = [];
      measure(read, () => {
        texts = readCells(handle, Math.min(ANSWERS_PER_CANARY, answers - at)).map(readCell);
      });
      const lines = texts.map((text) => JSON.stringify({ text }));
      measure(parse, () => {
        for (const line of lines) JSON.parse(line);
      });
      measure(match, () => {
        const matcher = compileCandidates(candidates(canary));
        for (const text of texts) found += matcher.extract(text, prompt).found.length;
      });
    }
    closeSync(handle);
    return { read, parse, match, megabytes: statSync(file).size / 1e6, found };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ms = ({ wallMs, cpuMs }: Timed): string =>
  `${wallMs.toFixed(0)} ms (CPU ${cpuMs.toFixed(0)} ms)`;

export function run(args: readonly string[]): number {
  const options = readOptions(args, { answers: 100_000, seed: 1 });
  const random = seededRandom(options.seed);
  const scores = rescoring(random, options.answers);
  const ratio = scores.match.cpuMs / scores.read.cpuMs;
  const labels = evaluation(random);
  const labelRatio = labels.once.cpuMs / labels.read.cpuMs;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ scores, ratio, labels, labelRatio })}\n`);
    return 0;
  }
  printTable([
    [`${options.answers} answers of ${TOKENS} tokens, ${CANDIDATES} candidates each`, ''],
    [`  read ${scores.megabytes.toFixed(0)} MB: file, decrypt, read the response`, ms(scores.read)],
    ['  (JSON.parse of the bare texts alone)', ms(scores.parse)],
    [`  compile and match (${scores.found} found)`, ms(scores.match)],
    ['  matching / reading', ratio.toFixed(2)],
    [`e-process and labels, ${SUSPECTS} suspects x ${CANARIES} canaries`, ''],
    ['  parse the same answers as JSON', ms(labels.read)],
    [
      `  evaluate (${labels.steps} steps, ${labels.bytesPerStep} bytes a step kept)`,
      ms(labels.once),
    ],
    ['  evaluating / parsing', labelRatio.toFixed(2)],
  ]);
  return 0;
}
