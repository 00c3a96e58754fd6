/** What the value of an option says. */
type Taken =
  | 'url'
  | 'method'
  | 'header'
  | 'data'
  | 'json'
  | 'user'
  | 'bearer'
  | 'sigv4'
  | 'proxy'
  | 'proxy-user'
  | 'nothing';

/** What becomes of an option of curl. */
export interface Rule {
  /** Whether a value follows. */
  readonly value: boolean;
  readonly as?: Taken;
  /** Why it is listed as not understood. */
  readonly why?: string;
  /** Why it is listed as refused. */
  readonly never?: string;
}

const FILE = 'files are not read: paste the text itself under the field of the target';
const PLAN = 'times and repeats stand in the plan';

/** Options by their long names. */
export const LONG: Readonly<Record<string, Rule>> = {
  url: { value: true, as: 'url' },
  request: { value: true, as: 'method' },
  header: { value: true, as: 'header' },
  data: { value: true, as: 'data' },
  'data-raw': { value: true, as: 'data' },
  'data-binary': { value: true, as: 'data' },
  'data-ascii': { value: true, as: 'data' },
  json: { value: true, as: 'json' },
  user: { value: true, as: 'user' },
  'oauth2-bearer': { value: true, as: 'bearer' },
  'aws-sigv4': { value: true, as: 'sigv4' },
  proxy: { value: true, as: 'proxy' },
  'proxy-user': { value: true, as: 'proxy-user' },
  insecure: {
    value: false,
    never:
      'certificates are always checked; trust a CA (network.extraCa) or pin the certificate (network.pinSha256)',
  },
  'proxy-insecure': { value: false, never: 'certificates are always checked' },
  cacert: { value: true, why: `${FILE} network.extraCa` },
  capath: { value: true, why: `${FILE} network.extraCa` },
  cert: {
    value: true,
    why: 'files are not read: put certificate and key into the vault and name the entry in network.clientCertificate',
  },
  key: {
    value: true,
    why: 'files are not read: put certificate and key into the vault and name the entry in network.clientCertificate',
  },
  'cert-type': { value: true, why: 'client certificates are PEM' },
  pass: { value: true, why: 'the private key in the vault has no passphrase of its own' },
  pinnedpubkey: {
    value: true,
    why: 'the pin of a target is the hash of the whole certificate: network.pinSha256',
  },
  cookie: { value: true, never: 'cookies are not sent; use an API key' },
  'cookie-jar': { value: true, never: 'cookies are not kept' },
  form: { value: true, why: 'forms are not a wire format' },
  'form-string': { value: true, why: 'forms are not a wire format' },
  'data-urlencode': { value: true, why: 'forms are not a wire format' },
  'upload-file': { value: true, never: 'files are not read' },
  config: { value: true, never: 'files are not read' },
  netrc: { value: false, never: 'files are not read' },
  get: { value: false, why: 'the body stays a body' },
  location: { value: false, why: 'redirects are never followed' },
  'location-trusted': {
    value: false,
    never: 'redirects are never followed, and no key is handed on',
  },
  resolve: { value: true, never: 'names are resolved by the system, so that the record is true' },
  'connect-to': { value: true, never: 'the record must name the host that was asked' },
  'unix-socket': { value: true, never: 'only TCP is spoken' },
  socks5: { value: true, why: 'only http and https proxies are used' },
  'socks5-hostname': { value: true, why: 'only http and https proxies are used' },
  socks4: { value: true, why: 'only http and https proxies are used' },
  noproxy: { value: true, why: 'each target has its own proxy setting' },
  'user-agent': {
    value: true,
    why: 'no user agent is sent: a target must not know an audit by it',
  },
  referer: { value: true, why: 'no referer is sent' },
  http2: { value: false, why: 'HTTP/1.1 is spoken' },
  'http2-prior-knowledge': { value: false, why: 'HTTP/1.1 is spoken' },
  http3: { value: false, why: 'HTTP/1.1 is spoken' },
  'max-time': { value: true, why: PLAN },
  'connect-timeout': { value: true, why: PLAN },
  retry: { value: true, why: PLAN },
  'retry-delay': { value: true, why: PLAN },
  'retry-max-time': { value: true, why: PLAN },
  'retry-all-errors': { value: false, why: PLAN },
  'limit-rate': { value: true, why: PLAN },
  ...Object.fromEntries(
    [
      'silent',
      'show-error',
      'include',
      'verbose',
      'no-buffer',
      'compressed',
      'fail',
      'fail-with-body',
      'http1.1',
      'globoff',
      'progress-bar',
      'no-progress-meter',
      'tlsv1.2',
      'tlsv1.3',
      'ipv4',
      'ipv6',
      'basic',
      'no-keepalive',
    ].map((name) => [name, { value: false, as: 'nothing' }] as const),
  ),
  ...Object.fromEntries(
    ['output', 'write-out', 'dump-header', 'stderr', 'trace', 'trace-ascii'].map(
      (name) => [name, { value: true, as: 'nothing' }] as const,
    ),
  ),
};

/** Letters, by the long name they stand for. */
export const SHORT: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  u: 'user',
  x: 'proxy',
  U: 'proxy-user',
  k: 'insecure',
  E: 'cert',
  b: 'cookie',
  c: 'cookie-jar',
  F: 'form',
  T: 'upload-file',
  K: 'config',
  n: 'netrc',
  G: 'get',
  L: 'location',
  A: 'user-agent',
  e: 'referer',
  m: 'max-time',
  s: 'silent',
  S: 'show-error',
  i: 'include',
  v: 'verbose',
  N: 'no-buffer',
  f: 'fail',
  g: 'globoff',
  '#': 'progress-bar',
  '4': 'ipv4',
  '6': 'ipv6',
  o: 'output',
  w: 'write-out',
  D: 'dump-header',
};
