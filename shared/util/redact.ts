const REDACTED = '[REDACTED]';

/** What looks like a credential: keys of known vendors, authorization values, credentials in a URL, `name=secret`. */
const SHAPES: readonly (readonly [shape: RegExp, becomes: string])[] = [
  [/\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}/gi, `$1${REDACTED}`],
  [/\b(?:sk|pk|rk|xai|gsk|hf|r8|or)[-_][\w-]{8,}/g, REDACTED],
  [/\bAIza[\w-]{20,}/g, REDACTED],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}(?::[\w/+=:]+)?/g, REDACTED],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, REDACTED],
  [/(:\/\/)[^/\s@]+@/g, `$1${REDACTED}@`],
  [
    /\b((?:x-)?(?:api|access|secret|goog-api)?[-_]?(?:key|token|secret|password|passphrase)["']?\s*[=:]\s*["']?)[^\s"',;&}]{4,}/gi,
    `$1${REDACTED}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
];

/** A text for a log line with everything that looks like a credential masked. A net below the rule that none gets there. */
export function redact(text: string): string {
  return SHAPES.reduce((left, [shape, becomes]) => left.replace(shape, becomes), text);
}
