const THIN = '\u202f';

/** A length of time for people: "420 ms", "8.2 s", "3 min 20 s", "2 h 05 min". */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}${THIN}ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)}${THIN}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}${THIN}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${THIN}min ${seconds % 60}${THIN}s`;
  return `${Math.floor(minutes / 60)}${THIN}h ${String(minutes % 60).padStart(2, '0')}${THIN}min`;
}

/** A size: "812 B", "4.1 kB", "2.0 MB" (powers of ten). */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes}${THIN}B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)}${THIN}kB`;
  return `${(bytes / 1_000_000).toFixed(1)}${THIN}MB`;
}

/** An instant without the word UTC, for columns whose title says it. */
export function formatUtcShort(utc: string): string {
  return `${utc.slice(0, 10)} ${utc.slice(11, 19)}`;
}
