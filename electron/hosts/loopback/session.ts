import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { headerValues } from './guards.ts';

const SECRET_BYTES = 32;

const digest = (text: string) => createHash('sha256').update(text).digest();
/** Constant in time, also where the lengths differ. */
const same = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));

export interface Session {
  /** Opens the session once; a second use, a wrong or a stale token gives null, the right one the cookie to set. */
  open(token: string, nowMs: number): string | null;
  /** Whether one of the request's cookies is the one we gave. */
  isHeldBy(rawHeaders: readonly string[]): boolean;
  /** Whether the request carries the value that only our own page can read. */
  hasCsrf(rawHeaders: readonly string[]): boolean;
  readonly openToken: string;
  readonly csrf: string;
}

export interface SessionOptions {
  readonly port: number;
  /** The one-time token dies after this time, used or not. */
  readonly openTokenTtlMs: number;
  readonly nowMs: number;
}

/** One server, one session. Cookies are shared by all ports of a host, so the name carries the port. */
export function createSession(options: SessionOptions): Session {
  const cookieName = `trapstreet-${options.port}`;
  const openToken = randomBytes(SECRET_BYTES).toString('base64url');
  const cookie = randomBytes(SECRET_BYTES).toString('base64url');
  const csrf = randomBytes(SECRET_BYTES).toString('base64url');
  let isOpen = false;
  return {
    openToken,
    csrf,
    open: (token, nowMs) => {
      const right = same(token, openToken);
      if (!right || isOpen || nowMs - options.nowMs > options.openTokenTtlMs) return null;
      isOpen = true;
      return `${cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
    },
    isHeldBy: (rawHeaders) => {
      const values = cookieValues(rawHeaders, cookieName);
      // Another local server can add cookies of our name, but not guess the value.
      return values.filter((value) => same(value, cookie)).length > 0;
    },
    hasCsrf: (rawHeaders) => {
      const values = headerValues(rawHeaders, 'x-trapstreet-csrf');
      return values.length === 1 && same(values[0] ?? '', csrf);
    },
  };
}

function cookieValues(rawHeaders: readonly string[], name: string): readonly string[] {
  return headerValues(rawHeaders, 'cookie')
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
