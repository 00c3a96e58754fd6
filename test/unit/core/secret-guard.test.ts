import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '#core/endpoints/secret-guard.ts';
import { guardedSecrets } from '#core/endpoints/secrets.ts';
import type { ExchangeResult, SendOptions } from '#core/endpoints/types.ts';

const SYSTEM = { env: {}, url: null };
const KEY = 'sk-live/9f+Qz_Tr4p?treet~0042';

const secretsOf = (secret: string) => guardedSecrets({ secret }, SYSTEM);

/** An exchange whose answer has this body and these headers. */
function answered(
  body: string | Buffer,
  headers: readonly (readonly [string, string])[] = [['content-type', 'application/json']],
): ExchangeResult {
  const bytes = Buffer.from(body);
  return {
    error: null,
    response: {
      statusCode: 200,
      statusText: 'OK',
      rawHeaders: headers,
      trailers: [],
      body: new Uint8Array(bytes),
      encodedSha256: '',
      complete: true,
    },
  } as unknown as ExchangeResult;
}

function found(
  body: string | Buffer,
  secret = KEY,
  headers?: readonly (readonly [string, string])[],
  textsOf?: SendOptions['textsOf'],
): boolean {
  const guarded = withoutSecrets(answered(body, headers), secretsOf(secret), textsOf);
  return guarded.error?.code === 'SECRET_ECHOED' && guarded.response?.body.length === 0;
}

const percentAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('a key that an answer repeats in another form', () => {
  it('is found in base64 at each place within a group, both alphabets, with and without padding', () => {
    for (const secret of [KEY, `${KEY}a`, `${KEY}ab`, 'exactly12byt'])
      for (let before = 0; before < 6; before++)
        for (let after = 0; after < 6; after++) {
          const bytes = Buffer.from(
            `${'é~/'.repeat(3).slice(0, before)}${secret}${'>'.repeat(after)}`,
          );
          const standard = bytes.toString('base64');
          expect(found(`{"token":"${standard}"}`, secret)).toBe(true);
          expect(found(`{"token":"${standard.replace(/=+$/, '')}"}`, secret)).toBe(true);
          expect(found(`{"token":"${bytes.toString('base64url')}"}`, secret)).toBe(true);
        }
  });

  it('is found in base64 whose signs JSON or a URL has escaped', () => {
    const encoded = Buffer.from(`${KEY}???>>>`).toString('base64');
    expect(encoded).toMatch(/[/+]/);
    expect(found(`{"token":"${encoded.replaceAll('/', '\\/')}"}`)).toBe(true);
    expect(
      found(`{"token":"${encoded.replaceAll('+', '\\u002b').replaceAll('/', '\\u002F')}"}`),
    ).toBe(true);
    expect(found(`https://h/?t=${encodeURIComponent(encoded)}`)).toBe(true);
  });

  it('is found in hex and percent-encoded, whole or in part, and in both at once', () => {
    const hex = Buffer.from(KEY).toString('hex');
    expect(found(`<${hex}>`)).toBe(true);
    expect(found(`<${hex.toUpperCase()}>`)).toBe(true);
    expect(found(encodeURIComponent(KEY))).toBe(true);
    expect(found(percentAll(KEY))).toBe(true);
    expect(found(percentAll(KEY).toUpperCase())).toBe(true);
    expect(found(`%%4${percentAll(KEY)}%zz%`)).toBe(true);
    expect(found(JSON.stringify({ a: `"${percentAll(KEY)}"` }).replaceAll('%', '\\u0025'))).toBe(
      true,
    );
  });

  it('is found in a header, and in a text put together from the pieces of a stream', () => {
    const encoded = Buffer.from(`user:${KEY}`).toString('base64');
    const guarded = withoutSecrets(
      answered('{}', [['www-authenticate', `Basic realm="${encoded}"`]]),
      secretsOf(KEY),
    );
    expect(guarded.response?.rawHeaders).toEqual([['www-authenticate', '[REDACTED]']]);
    expect(found('{}', KEY, [['location', `/?key=${encodeURIComponent(KEY)}`]])).toBe(true);
    expect(found('{}', KEY, undefined, () => [`so it is ${encoded}.`])).toBe(true);
  });

  it('is not seen where it is not: other keys, halves, and forms of a short secret', () => {
    // Of the last byte base64 may tell the upper half only, so the difference stands before it.
    const other = KEY.replace('0042', '0142');
    for (const text of [
      Buffer.from(other).toString('base64'),
      Buffer.from(other).toString('hex'),
      encodeURIComponent(other),
      Buffer.from(KEY.slice(0, -4)).toString('base64'),
      '100 % of %d \\ and \\u00',
    ])
      expect(found(text)).toBe(false);
    // Eleven bytes: the plain text and its escapes alone are searched for.
    expect(found('short-key-1', 'short-key-1')).toBe(true);
    expect(found(percentAll('short-key-1'), 'short-key-1')).toBe(true);
    expect(found(Buffer.from('short-key-1').toString('base64'), 'short-key-1')).toBe(false);
  });

  it('is found for the parts of a composite key, and for a proxy’s password', () => {
    const secrets = guardedSecrets(
      {
        secret: 'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
        proxy: { kind: 'manual', url: 'http://p:1', credentials: 'user:long-password-77' },
      },
      SYSTEM,
    );
    for (const part of ['wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY', 'long-password-77']) {
      const body = `{"x":"${Buffer.from(`::${part}`).toString('base64')}"}`;
      expect(withoutSecrets(answered(body), secrets).error?.code).toBe('SECRET_ECHOED');
    }
  });

  it('costs time in proportion to the answer, whatever it is made of', () => {
    const bytes = 16 * 1024 * 1024;
    for (const unit of ['%41', '\\u0041', '\\', '%', 'sk-live/', 'c2st']) {
      const start = performance.now();
      expect(found(unit.repeat(bytes / unit.length))).toBe(false);
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  }, 60_000);
});
