import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { csvLine } from '#core/services/library/csv-table.ts';
import { previewTarget } from '#core/services/target/preview.ts';
import { targetDraftSchema } from '#shared/domain/target.ts';
import { compileCandidates } from '#shared/scoring/exact.ts';
import { redact } from '#shared/util/redact.ts';
import { visible } from '#shared/util/visible.ts';
import { tableLines } from '../../electron/hosts/cli/table.ts';
import { nodePorts } from '../../electron/hosts/common/node-ports.ts';
import { tally } from './tally.ts';

/** Counts and asserts in one. */
function same(found: unknown, expected: unknown): void {
  tally.count(JSON.stringify(found) === JSON.stringify(expected));
  expect(found).toEqual(expected);
}

describe('hidden characters are shown', () => {
  const rows: readonly (readonly [number: string, name: string, text: string, shown: string])[] = [
    ['69', 'bidi override', 'abc\u202edef', 'abc⟦U+202E⟧def'],
    ['69', 'bidi isolate', '\u2066x\u2069', '⟦U+2066⟧x⟦U+2069⟧'],
    ['70', 'zero width', 'a\u200bb\u200dc\ufeff', 'a⟦U+200B⟧b⟦U+200D⟧c⟦U+FEFF⟧'],
    [
      '71',
      'ANSI sequences',
      '\u001b[31mred\u001b]52;c;eA==\u0007',
      '⟦U+001B⟧[31mred⟦U+001B⟧]52;c;eA==⟦U+0007⟧',
    ],
    ['72', 'tag characters', 'x\u{e0041}\u{e0042}', 'x⟦U+E0041⟧⟦U+E0042⟧'],
    ['40', 'a lone surrogate', 'x\ud800y', 'x⟦U+D800⟧y'],
  ];
  for (const [number, name, text, shown] of rows) {
    it(`${number}: ${name}`, () => {
      same(visible(text), shown);
      const [, line = ''] = tableLines(['text'], [[text]], {
        aligned: true,
        heading: (one) => one,
      });
      same(line, shown);
    });
  }
});

describe('a cell of a CSV file is no formula', () => {
  const formulas = [
    "=cmd|' /C calc'!A0",
    '+1+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '|calc',
    '%0A=1',
    '\uff1d1+1',
    '\uff0b1',
    '\uff0d1',
    '\uff20SUM(A1)',
    '=HYPERLINK("http://127.0.0.1/","click")',
  ];
  for (const text of formulas) {
    it(`73-75: ${JSON.stringify(text)}`, () => {
      same(csvLine([text, 'b']), `"'${text.replaceAll('"', '""')}",b\r\n`);
    });
  }

  it('and every other text is as it was', () => {
    same(csvLine(['plain', 'a,b', '1-2', 'x=1']), 'plain,"a,b",1-2,x=1\r\n');
  });
});

describe('a secret in a log line is masked', () => {
  afterEach(() => vi.restoreAllMocks());
  const secrets = [
    'sk-proj-abcdefgh12345678',
    'AIzaSyA0123456789abcdefghijk',
    'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    'gsk_abcdefgh12345678',
  ];
  for (const secret of secrets) {
    it(`76: ${secret.slice(0, 6)}…`, () => {
      for (const text of [
        secret,
        `failed with ${secret}.`,
        `Authorization: Bearer ${secret}`,
        `api_key=${secret}`,
      ]) {
        const clean = redact(text);
        tally.count(!clean.includes(secret.slice(4)));
        expect(clean).not.toContain(secret.slice(4));
        expect(clean).toContain('[REDACTED]');
      }
    });
  }

  it('76: by the logger of every host, with control characters shown', () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const { logger } = nodePorts({
      workspace: '/w',
      resources: '/r',
      host: 'cli',
      version: '0',
      verbose: true,
    });
    logger.error('call to http://me:pass-word@proxy.test failed', {
      note: 'x-api-key: very-secret-1 \u001b[2J',
    });
    logger.info('password="hunter2-hunter2"', { requests: 3 });
    same(lines, [
      `${JSON.stringify({ level: 'error', message: 'call to http://[REDACTED]@proxy.test failed', note: 'x-api-key: [REDACTED] ⟦U+001B⟧[2J' })}\n`,
      `${JSON.stringify({ level: 'info', message: 'password="[REDACTED]"', requests: 3 })}\n`,
    ]);
  });

  it('76: and ordinary lines are left as they are', () => {
    for (const text of [
      'audit halted',
      'C-0001 of task-list-12',
      'key house is set',
      'SHA256:AbCdEf',
      'tokens: 12',
    ])
      same(redact(text), text);
  });
});

describe('what is shown of a host is its ASCII name', () => {
  it('94: a homoglyph is punycode in the preview', () => {
    const target = targetDraftSchema.parse({
      name: 'x',
      baseUrl: 'https://\u0430pi.example.org/v1',
      model: 'm',
    });
    const preview = previewTarget(target);
    same(new URL(preview.url).host, 'xn--pi-6kc.example.org');
    expect(preview.url).toMatch(/^https:\/\/xn--pi-6kc\.example\.org\/v1/);
    expect(preview.host).toBe('xn--pi-6kc.example.org');
  });
});

describe('an answer that gives the question back proves nothing', () => {
  const prompt = ['Which two names stand on the gate: amber owl, or calm bear?'];
  const matcher = compileCandidates(['amber owl', 'calm bear', 'dusty fox']);

  it('83: an echo is no answer', () => {
    const { found, rules } = matcher.extract(prompt[0] ?? '', prompt);
    same(found, []);
    expect(rules).toContain('echo');
  });

  it('84: what stands in the prompt counts for nothing, in other words too', () => {
    const { found, rules } = matcher.extract('I am sure that it must be the AMBER OWL.', prompt);
    same(found, []);
    expect(rules).toContain('prompt-leak');
    same(matcher.extract('I am sure that it must be the dusty fox.', prompt).found, [2]);
  });
});

afterAll(() => tally.print());
