import type { Runtime } from '../ports.ts';

/** A variable or an option of the runtime that changes whom we trust, who listens, or where bytes go. */
export interface Hazard {
  /** `SSLKEYLOGFILE`, `NODE_OPTIONS --require`, `node --inspect`: never a value. */
  readonly name: string;
  /** True: no run may start. False: recorded with the run. */
  readonly refuse: boolean;
}

/** They switch checks off or write session keys to a file: no run may start. */
const REFUSED = ['NODE_TLS_REJECT_UNAUTHORIZED', 'SSLKEYLOGFILE'];

/**
 * Common on managed machines and recorded with the run: further trusted roots, code that the system's loader adds, and
 * proxy variables, which only a target with the proxy `system` uses.
 */
const RECORDED = [
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'NODE_DEBUG',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'OPENSSL_CONF',
  'OPENSSL_MODULES',
  'LD_PRELOAD',
  'DYLD_INSERT_LIBRARIES',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'NODE_USE_ENV_PROXY',
];

/** Options with which no run may start; every other one is recorded. */
const REFUSED_OPTIONS = new Set([
  // TLS and HTTP as they must not be, and keys on the disk.
  '--tls-keylog',
  '--tls-min-v1.0',
  '--tls-min-v1.1',
  '--tls-max-v1.0',
  '--tls-max-v1.1',
  '--tls-cipher-list',
  '--insecure-http-parser',
  // Somebody else reads the memory of the process, which holds canaries and keys.
  '--inspect',
  '--inspect-brk',
  '--inspect-brk-node',
  '--inspect-wait',
  '--heapsnapshot-signal',
  '--heapsnapshot-near-heap-limit',
  // Code or options from elsewhere: an agent that reports requests reports canaries.
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '--experimental-config-file',
  '--experimental-default-config-file',
]);

const MOST_NAME = 60;

/** The options among words, by name; the runtime reads `_` within a name as `-`. */
function optionsIn(words: readonly string[], where: string): Hazard[] {
  return words
    .filter((word) => /^--?[a-z]/i.test(word))
    .map((word) => (/^[^=\s]+/.exec(word)?.[0] ?? '').replaceAll('_', '-').slice(0, MOST_NAME))
    .map((option) => ({ name: `${where} ${option}`, refuse: REFUSED_OPTIONS.has(option) }));
}

/** Words between blanks; double quotes keep blanks within a word, and a backslash there keeps the next sign. */
const wordsOf = (text: string): string[] =>
  (text.match(/(?:[^\s"]|"(?:\\.|[^"\\])*"?)+/g) ?? []).map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"?/g, (_quoted, inner: string) =>
      inner.replace(/\\(.)/g, '$1'),
    ),
  );

function variable(name: string, value: string): Hazard[] {
  const upper = name.toUpperCase();
  if (value === '') return [];
  if (upper === 'NODE_OPTIONS') {
    const options = optionsIn(wordsOf(value), name);
    return options.length > 0 ? options : [{ name, refuse: false }];
  }
  if (REFUSED.includes(upper)) return [{ name, refuse: true }];
  return RECORDED.includes(upper) ? [{ name, refuse: false }] : [];
}

/**
 * What of HOSTILE section 1 is set, and with which options the runtime was started: by name only, for a proxy URL may hold
 * a password.
 */
export function environmentHazards({ env, execArgv }: Pick<Runtime, 'env' | 'execArgv'>): Hazard[] {
  const found = [
    ...Object.entries(env).flatMap(([name, value]) => variable(name, value ?? '')),
    ...optionsIn(execArgv, 'node'),
  ];
  return [...new Map(found.map((hazard) => [hazard.name, hazard])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The names of all of them, refused or not: what is recorded with a run. */
export const hazardNames = (runtime: Pick<Runtime, 'env' | 'execArgv'>): string[] =>
  environmentHazards(runtime).map(({ name }) => name);
