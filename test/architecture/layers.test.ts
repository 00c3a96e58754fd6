import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cruise, cruise, ROOT } from './cruise.ts';
import { CLEAN, PACKAGES, PLANTED } from './planted.ts';

const ZONES = ['electron', 'renderer', 'shared'];

/** Source files of a zone, relative to the project. */
const sourcesOf = (zone: string): string[] =>
  readdirSync(join(ROOT, zone), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => `${zone}/${name.replaceAll('\\', '/')}`);

describe('the project', () => {
  let real: Cruise;
  beforeAll(async () => {
    real = await cruise(ROOT);
  });

  test('keeps its layers', () => {
    const lines = real.violations.map(({ rule, from, to }) => `${rule}: ${from} -> ${to}`);
    expect(lines).toEqual([]);
  });

  test('was really read: every source file, and not a handful', () => {
    const sources = ZONES.flatMap(sourcesOf);
    const read = new Set(real.modules);
    expect(sources.filter((source) => !read.has(source))).toEqual([]);
    expect(sources.length).toBeGreaterThan(150);
  });
});

describe('a tree with planted violations', () => {
  let folder: string;
  let planted: Cruise;

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trapstreet-layers-'));
    copyFileSync(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
    const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      imports: unknown;
    };
    write('package.json', JSON.stringify({ name: 'planted', type: 'module', imports }));
    for (const name of PACKAGES) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
      write(`node_modules/${name}/index.js`, 'module.exports = {};\n');
    }
    for (const [path, imports] of Object.entries(CLEAN))
      write(
        path,
        `${imports.map((name, index) => `import * as i${index} from '${name}';\nexport { i${index} };`).join('\n')}\nexport type T = 1;\n`,
      );
    for (const { from, imports: name, isType } of PLANTED)
      write(
        from,
        isType
          ? `import type { T } from '${name}';\nexport type { T };\n`
          : `import * as all from '${name}';\nexport { all };\nexport type T = 1;\n`,
      );
    planted = await cruise(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(PLANTED)('$rule catches $from, which imports $imports', ({ rule, from }) => {
    const rules = planted.violations
      .filter((violation) => [violation.from, ...violation.cycle].includes(from))
      .map((violation) => violation.rule);
    expect(rules).toContain(rule);
  });

  test('accuses nothing that keeps the rules', () => {
    const accused = planted.violations.filter(({ from }) => from in CLEAN);
    expect(accused).toEqual([]);
    expect(planted.modules).toEqual(expect.arrayContaining(Object.keys(CLEAN)));
  });

  test('has a violation for every rule there is', () => {
    const config = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
      forbidden: readonly { name: string }[];
    };
    const names = new Set(config.forbidden.map(({ name }) => name));
    expect(new Set(PLANTED.map(({ rule }) => rule))).toEqual(names);
  });
});

describe('outside core/endpoints', () => {
  const sources = sourcesOf('electron').filter(
    (path) => !path.startsWith('electron/core/endpoints/'),
  );
  const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

  test('nothing uses the connections that need no import', () => {
    const users = sources.filter((path) =>
      /(?<![.\w])fetch\s*\(|globalThis\s*\.\s*fetch|\bnew\s+(?:WebSocket|EventSource)\b/.test(
        textOf(path),
      ),
    );
    expect(users).toEqual([]);
  });

  test('node:http is for serving: createServer, and types', () => {
    for (const path of sources)
      for (const [, names = ''] of textOf(path).matchAll(
        /import\s+([^;]*?)\s+from\s+'(?:node:)?http'/g,
      )) {
        if (names.startsWith('type ')) continue;
        const values = names
          .replace(/[{}]/g, '')
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !name.startsWith('type '));
        expect(values, path).toEqual(['createServer']);
      }
  });

  test('no module is named at run time only', () => {
    const users = sources.filter((path) =>
      /\bimport\s*\((?=(\s*))\1(?!['"])|(?<!create)\brequire\s*\(/.test(textOf(path)),
    );
    expect(users).toEqual([]);
  });
});
