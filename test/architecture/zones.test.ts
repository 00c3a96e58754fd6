import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, run } from './cruise.ts';

interface Wrong {
  /** A line that the zone must not compile. */
  readonly line: string;
  readonly code: string;
}

const wrong = (line: string, code: string): Wrong => ({ line, code });

const DOM = [
  wrong('export const a = window;', 'TS2304'),
  wrong('export const b = document.title;', 'TS2584'),
  wrong("export const c = alert('x');", 'TS2304'),
];
const NODE = [
  wrong('export const d = process.env;', 'TS2591'),
  wrong("export const e = Buffer.from('x');", 'TS2591'),
  wrong("export const f = require('x');", 'TS2591'),
  wrong("import { readFileSync } from 'node:fs'; export { readFileSync };", 'TS2591'),
];
const STRICT = [
  wrong('export const g = (list: readonly string[]): string => list[0];', 'TS2322'),
  wrong('export const h: { x?: number } = { x: undefined };', 'TS2375'),
  wrong('export function i(unused: number): void {}', 'TS6133'),
  wrong('export enum J { A }', 'TS1294'),
];

const ZONES: Readonly<Record<string, readonly Wrong[]>> = {
  shared: [
    ...DOM,
    ...NODE,
    wrong("export const k = fetch('x');", 'TS2304'),
    wrong('export const l = setTimeout;', 'TS2304'),
    ...STRICT,
  ],
  node: [...DOM, ...STRICT],
  desktop: [...DOM, ...STRICT],
  preload: [...NODE, ...STRICT],
  web: [...NODE, ...STRICT],
  test: STRICT,
};

/** Compiles only the planted file, with the options of the zone. */
async function compile(folder: string, zone: string, lines: readonly Wrong[]): Promise<string[]> {
  const file = join(folder, `${zone}.ts`);
  writeFileSync(file, `${lines.map(({ line }) => line).join('\n')}\n`);
  const config = join(folder, `tsconfig.${zone}.json`);
  const settings = {
    extends: join(ROOT, `tsconfig.${zone}.json`),
    files: [file],
    include: [],
  };
  writeFileSync(config, JSON.stringify(settings));
  const { status, stdout } = await run(
    'typescript/bin/tsc',
    ['-p', config, '--pretty', 'false'],
    folder,
  );
  expect(status, zone).not.toBe(0);
  return stdout.split('\n');
}

describe('a zone does not compile', () => {
  let folder: string;
  let output: Readonly<Record<string, readonly string[]>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trapstreet-zones-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const entries = Object.entries(ZONES).map(
      async ([zone, lines]) => [zone, await compile(folder, zone, lines)] as const,
    );
    output = Object.fromEntries(await Promise.all(entries));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const cases = Object.entries(ZONES).flatMap(([zone, lines]) =>
    lines.map(({ line, code }, index) => ({ zone, line, code, at: `${zone}.ts(${index + 1},` })),
  );
  test.each(cases)('$zone: $line', ({ zone, code, at }) => {
    const errors = output[zone]?.filter((line) => line.includes(at)) ?? [];
    expect(errors.join('\n')).toContain(`error ${code}:`);
  });
});

describe('every source file', () => {
  const includesOf = (zone: string) =>
    (JSON.parse(readFileSync(join(ROOT, `tsconfig.${zone}.json`), 'utf8')) as { include: string[] })
      .include;
  const folders = ['electron', 'renderer', 'shared', 'scripts', 'test'].filter((folder) =>
    existsSync(join(ROOT, folder)),
  );
  const sources = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );

  test('is in exactly one zone', () => {
    const zones = Object.keys(ZONES).map(includesOf);
    const odd = sources.filter((source) => {
      const homes = zones.filter((includes) =>
        includes.some((path) => source === path || source.startsWith(`${path}/`)),
      );
      return homes.length !== 1;
    });
    expect(odd).toEqual([]);
    expect(sources.length).toBeGreaterThan(150);
  });

  test('is checked as it is: no error is suppressed', () => {
    const comment = /(?:\/\/|\/\*)\s*@ts-(?:ignore|nocheck|expect-error)/;
    const suppressed = sources.filter((source) =>
      comment.test(readFileSync(join(ROOT, source), 'utf8')),
    );
    expect(suppressed).toEqual([]);
  });
});
