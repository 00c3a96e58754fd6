/** An environment variable that changes whom we trust or where bytes go. */
export interface Hazard {
  readonly name: string;
  /** True: no run may start. False: without effect on this transport, but recorded with the run. */
  readonly refuse: boolean;
}

const REFUSED = [
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_EXTRA_CA_CERTS',
  'SSLKEYLOGFILE',
  'NODE_OPTIONS',
];

/** This transport opens its sockets itself and reads no proxy variable. */
const RECORDED = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'NODE_USE_ENV_PROXY'];

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
