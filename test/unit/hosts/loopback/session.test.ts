import { describe, expect, test } from 'vitest';
import { headerValues, pathOf, refuseRequest } from '../../../../electron/hosts/loopback/guards.ts';
import { createSession } from '../../../../electron/hosts/loopback/session.ts';

const cookieOf = (setCookie: string | null) => ['cookie', setCookie?.split(';')[0] ?? ''];

describe('a session', () => {
  const make = () => createSession({ port: 4000, openTokenTtlMs: 1_000, nowMs: 5_000 });

  test('opens once, until its time is over', () => {
    const session = make();
    expect(session.open(session.openToken, 6_000)).not.toBeNull();
    expect(session.open(session.openToken, 6_000)).toBeNull();
    const late = make();
    expect(late.open(late.openToken, 6_001)).toBeNull();
  });

  test('does not take the cookie of another session', () => {
    const [session, other] = [make(), make()];
    const cookie = cookieOf(other.open(other.openToken, 5_000));
    expect(other.isHeldBy(cookie)).toBe(true);
    expect(session.isHeldBy(cookie)).toBe(false);
  });

  test('has three secrets of 256 bits that are not each other', () => {
    const session = make();
    const cookie = /=([^;]+);/.exec(session.open(session.openToken, 5_000) ?? '')?.[1] ?? '';
    const secrets = [session.openToken, session.csrf, cookie];
    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });
});

test('header values are kept apart, whatever the case of the name', () => {
  expect(headerValues(['Host', 'a', 'x', 'b', 'HOST', 'c'], 'host')).toEqual(['a', 'c']);
});

test.each([
  ['/a?b', '/a'],
  ['/a#b', '/a'],
  ['/a', '/a'],
  ['/%61', '/%61'],
])('the path of %s is %s', (url, path) => expect(pathOf(url)).toBe(path));

test('a request in order goes on', () => {
  const rawHeaders = ['Host', 'localhost:80', 'Origin', 'http://localhost:80'];
  expect(refuseRequest({ method: 'GET', url: '/', rawHeaders }, 80)).toBeNull();
});
