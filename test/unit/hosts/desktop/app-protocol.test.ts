import { describe, expect, test } from 'vitest';
import {
  buildAssetTable,
  PAGE_HEADERS,
  resolveAsset,
} from '../../../../electron/hosts/desktop/app-protocol.ts';
import { contentTypeOf, SECURITY_HEADERS } from '../../../../electron/hosts/loopback/headers.ts';

const table = buildAssetTable([
  'index.html',
  'assets/main-a1.js',
  'assets/inter.woff2',
  'assets/data.bin',
  '.hidden',
  'assets/../../outside.txt',
  'assets/with space.js',
  '/etc/passwd',
]);

describe('an address', () => {
  test.each([
    ['app://bundle/', 'index.html', 'text/html; charset=utf-8'],
    ['app://bundle/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['app://bundle/#/audits', 'index.html', 'text/html; charset=utf-8'],
    ['app://bundle/assets/main-a1.js?v=1', 'assets/main-a1.js', 'text/javascript; charset=utf-8'],
    ['app://bundle/assets/inter.woff2', 'assets/inter.woff2', 'font/woff2'],
    ['app://bundle/assets/data.bin', 'assets/data.bin', 'application/octet-stream'],
  ])('%s is the file %s', (url, name, contentType) => {
    expect(resolveAsset(url, table)).toEqual({ name, contentType });
  });

  test.each([
    'app://bundle/../index.html',
    'app://bundle/assets/../index.html',
    'app://bundle/%2e%2e/index.html',
    'app://bundle/%69ndex.html',
    'app://bundle/index.html%00',
    'app://bundle/index.html\0',
    'app://bundle//index.html',
    'app://bundle/./index.html',
    'app://bundle/assets\\main-a1.js',
    'app://bundle/assets',
    'app://bundle/.hidden',
    'app://bundle/assets/../../outside.txt',
    'app://bundle//etc/passwd',
    'app://bundle',
    'app://other/index.html',
    'app://bundle.evil/index.html',
    'app://bundle:80/index.html',
    'app://user@bundle/index.html',
    'file:///index.html',
    '',
    '__proto__',
  ])('%j is nothing', (url) => expect(resolveAsset(url, table)).toBeNull());
});

test('pages without a start page are an error', () => {
  expect(() => buildAssetTable(['assets/main.js'])).toThrow(/index\.html/);
});

test('the desktop app and browser mode send the same headers and types', () => {
  expect(PAGE_HEADERS).toEqual(SECURITY_HEADERS);
  const endings = ['css', 'html', 'ico', 'js', 'json', 'png', 'svg', 'txt', 'woff2', 'bin'];
  const names = endings.map((ending) => `a.${ending}`);
  const both = buildAssetTable([...names, 'index.html']);
  for (const name of names)
    expect(resolveAsset(`app://bundle/${name}`, both)?.contentType).toBe(contentTypeOf(name));
});

test('the policy names no unsafe source and no other host', () => {
  const policy = PAGE_HEADERS['content-security-policy'] ?? '';
  expect(policy).not.toMatch(/unsafe|https?:|\*|blob:|wasm/);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types default");
});
