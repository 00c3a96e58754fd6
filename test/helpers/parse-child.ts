import { z } from 'zod';
import { parseCanaryFile } from '#core/services/library/canary-file.ts';
import { parseLedger } from '#core/services/registry/ledger-file.ts';
import { recogniseTarget } from '#core/services/target/recognise.ts';
import { parseYamlFile } from '#core/services/yaml-file.ts';
import { parsePlan } from '#shared/evidence/derive.ts';
import { readLines } from '#shared/evidence/read-bag.ts';
import { readResponse } from '#shared/wire/read-response.ts';
import { CHAT } from './wire.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

const answer = (type: string, stream: boolean) => (text: string) =>
  readResponse(
    { status: 200, headers: [['content-type', type]], body: bytesOf(text) },
    { ...CHAT, stream },
  );

/** Whatever reads text of strangers, by name. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  target: (text) => parseYamlFile(text, z.unknown()),
  plan: (text) => parsePlan(bytesOf(text)),
  'canary-yaml': (text) => parseCanaryFile('yaml', text),
  'canary-promptfoo': (text) => parseCanaryFile('promptfoo', text),
  'canary-jsonl': (text) => parseCanaryFile('jsonl', text),
  ledger: (text) => parseLedger('jsonl', text),
  'pasted-call': (text) =>
    recogniseTarget(
      'resources',
      `POST /v1/x HTTP/1.1\r\nHost: example.org\r\nContent-Type: application/json\r\n\r\n${text}`,
    ),
  bundle: (text) =>
    readLines(new Map([['data/x.jsonl', bytesOf(`${text}\n`)]]), 'data/x.jsonl', z.unknown()),
  answer: answer('application/json', false),
  stream: answer('text/event-stream', true),
};

/** Reads one text and prints what came of it, how much the process grew and how long it took. */
const [reader = '', unit = '', size = '0', before = '', after = ''] = process.argv.slice(2);
const text = `${before}${unit.repeat(Number(size) / unit.length)}${after}`;
const read = READERS[reader];
const rss = process.memoryUsage.rss();
const start = performance.now();
let result: unknown;
try {
  result = read?.(text);
} catch (error) {
  result = { ok: false, thrown: error instanceof Error ? error.message : 'no error' };
}
const tookMs = performance.now() - start;
const growthMiB = (process.resourceUsage().maxRSS - rss / 1024) / 1024;
process.stdout.write(
  `${JSON.stringify({ growthMiB, tookMs, result: JSON.stringify(result)?.slice(0, 400) })}\n`,
);
