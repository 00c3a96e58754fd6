import type { Input, Output } from '#shared/contract/index.ts';
import type { GlyphName } from '../../ui/glyph.tsx';

export type Connection = Output<'activity.list'>['connections'][number];
export type HostTotals = Output<'activity.list'>['hosts'][number];
export type Reason = NonNullable<Input<'activity.list'>['reason']>;

export const REASON: Readonly<Record<Reason, string>> = {
  audit: 'audit',
  test: 'test call',
  probe: 'probe',
  score: 'scoring',
  beacon: 'beacon',
  timestamp: 'timestamp',
  lab: 'lab',
};
const REASONS = Object.keys(REASON) as Reason[];
export const REASON_OPTIONS = [
  { value: '', label: 'Any reason' },
  ...REASONS.map((value) => ({ value, label: REASON[value] })),
];
export const isReason = (value: string): value is Reason => value in REASON;

/** Refused by the outbound door itself: nothing left this machine. */
const DOOR = new Set(['HOST_NOT_CONFIGURED', 'PRIVATE_ADDRESS', 'URL_SCHEME', 'URL_CREDENTIALS']);
const WORDS: Readonly<Record<string, string>> = {
  HOST_NOT_CONFIGURED: 'refused here: not configured',
  PRIVATE_ADDRESS: 'refused here: private address',
  URL_SCHEME: 'refused here: scheme',
  URL_CREDENTIALS: 'refused here: credentials in URL',
  CONNECT_FAILED: 'not connected',
  CONNECTION_LOST: 'connection lost',
  DNS_FAILED: 'name not found',
  TLS_CERT: 'certificate refused',
  TLS_PROTOCOL: 'no TLS',
  PROXY_FAILED: 'proxy failed',
  PROXY_AUTH: 'proxy wants a key',
  TIMEOUT_CONNECT: 'timed out, connecting',
  TIMEOUT_HEADERS: 'timed out, no answer',
  TIMEOUT_IDLE: 'timed out, went silent',
  TIMEOUT_TOTAL: 'timed out',
};

/** What became of a connection, as glyph and words; the code stands in the details. */
export function outcomeOf(code: string | null): { glyph: GlyphName; word: string } {
  if (code === null) return { glyph: 'ok', word: 'answered' };
  const word = WORDS[code] ?? code.toLowerCase().replaceAll('_', ' ');
  return { glyph: DOOR.has(code) ? 'refused' : 'failed', word };
}
