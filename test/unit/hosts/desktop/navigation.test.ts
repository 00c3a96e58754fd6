import { describe, expect, test } from 'vitest';
import {
  isAllowedRequest,
  isAllowedUrl,
  isOwnBlob,
} from '../../../../electron/hosts/desktop/navigation.ts';
import { isTrustedSender } from '../../../../electron/hosts/desktop/trusted-sender.ts';

const LOOKALIKES = [
  '',
  'about:blank',
  'about:srcdoc',
  'app:',
  'app://',
  'app:///',
  'app://bundle.evil.example/',
  'app://evil.example/bundle/',
  'app://bundle:80/',
  'app://user@bundle/',
  'app://user:word@bundle/',
  'app://bundle@evil.example/',
  'apps://bundle/',
  'file:///app://bundle/',
  'file:///etc/passwd',
  'http://bundle/',
  'https://bundle/',
  'javascript:alert(1)//app://bundle/',
  'data:text/html,app://bundle/',
  'blob:https://evil.example/1',
  'view-source:app://bundle/',
  'chrome://settings/',
  'app://BUNDLE.evil/',
];

describe('a frame', () => {
  test.each(['app://bundle/', 'app://bundle/index.html#/audits', 'app://bundle/?x=1'])(
    'may be at %s',
    (url) => expect(isAllowedUrl(url)).toBe(true),
  );
  test.each(LOOKALIKES)('may not be at "%s"', (url) => expect(isAllowedUrl(url)).toBe(false));
});

describe('a page', () => {
  test('may fetch from the app, and from its own memory', () => {
    expect(isAllowedRequest('app://bundle/assets/main.js', false)).toBe(true);
    expect(isAllowedRequest('blob:app://bundle/3f7a', false)).toBe(true);
  });
  test.each(LOOKALIKES)('may not fetch "%s"', (url) =>
    expect(isAllowedRequest(url, false)).toBe(false),
  );
  test('gets developer tools only where they are allowed', () => {
    const url = 'devtools://devtools/bundled/inspector.html';
    expect(isAllowedRequest(url, true)).toBe(true);
    expect(isAllowedRequest(url, false)).toBe(false);
  });
  test('may save what it made itself, and nothing else', () => {
    expect(isOwnBlob('blob:app://bundle/3f7a')).toBe(true);
    for (const url of ['app://bundle/', 'blob:https://evil.example/1', 'blob:null/1'])
      expect(isOwnBlob(url), url).toBe(false);
  });
});

describe('a sender', () => {
  test('is trusted as the top frame of the app', () => {
    expect(isTrustedSender({ url: 'app://bundle/', parent: null })).toBe(true);
  });
  test('is nobody when the frame is gone', () => {
    expect(isTrustedSender(null)).toBe(false);
    expect(isTrustedSender(undefined)).toBe(false);
  });
  test('is not trusted inside another frame', () => {
    const parent = { url: 'app://bundle/', parent: null };
    expect(isTrustedSender({ url: 'app://bundle/', parent })).toBe(false);
  });
  test.each(LOOKALIKES)('is not trusted at "%s"', (url) =>
    expect(isTrustedSender({ url, parent: null })).toBe(false),
  );
});
