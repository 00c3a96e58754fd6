import { describe, expect, test } from 'vitest';
import { SECURITY_HEADERS } from '../../../../electron/hosts/common/page-headers.ts';
import { buildAssetTable, resolveAsset } from '../../../../electron/hosts/desktop/app-protocol.ts';

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

test('the policy names no unsafe source and no other host', () => {
  const policy = SECURITY_HEADERS['content-security-policy'] ?? '';
  expect(policy).not.toMatch(/unsafe|https?:|\*|blob:|wasm/);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types default");
});
