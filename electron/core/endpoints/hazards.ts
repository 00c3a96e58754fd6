/** An environment variable that changes whom we trust or where bytes go. */
export interface Hazard {
  readonly name: string;
  /** True: no run may start. False: recorded with the run. */
  readonly refuse: boolean;
}

/** They switch checks off or write session keys to a file: no run may start. */
const REFUSED = ['NODE_TLS_REJECT_UNAUTHORIZED', 'SSLKEYLOGFILE'];

/**
 * Common on managed machines and recorded with the run: further trusted roots, options of the runtime, and proxy
 * variables, which only a target with the proxy `system` uses.
 */
const RECORDED = [
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'OPENSSL_CONF',
  'NODE_OPTIONS',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'NODE_USE_ENV_PROXY',
];

/** The variables of HOSTILE section 1 that are set, by name only: a proxy URL may hold a password. */
export function environmentHazards(env: Readonly<Record<string, string | undefined>>): Hazard[] {
  return Object.keys(env)
    .filter((name) => (env[name] ?? '') !== '')
    .flatMap((name) => {
      const upper = name.toUpperCase();
      if (REFUSED.includes(upper)) return [{ name, refuse: true }];
      return RECORDED.includes(upper) ? [{ name, refuse: false }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
