import { LONG, type Rule, SHORT } from './curl-options.ts';

/** What a pasted request says, before anybody knows which wire format it is. Pure: no shell, no file, no variable. */
export interface PastedRequest {
  readonly source: 'curl' | 'http';
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  /** `user:password` of option -u. */
  readonly user: string | null;
  readonly bearer: string | null;
  readonly sigv4: { readonly region: string; readonly service: string } | null;
  readonly proxy: { readonly url: string; readonly user: string | null } | null;
  readonly notUnderstood: readonly Remark[];
  readonly refused: readonly Remark[];
}

export interface Remark {
  /** The option or header, never its value. */
  readonly what: string;
  readonly why: string;
}

export type Pasted =
  | { readonly ok: true; readonly request: PastedRequest }
  | { readonly ok: false; readonly message: string };

const ENDS = new Set(['|', '||', '&&', '&', ';', '>', '>>', '2>', '2>&1', '<', '<<', '<<<']);

/**
 * Makes one line of a command that was written over several: `\` (sh), `^` (cmd) and a back-tick (PowerShell) at the end
 * of a line. In the quotes of cmd, `\"` is a quote, as it is in those of sh.
 */
export function joinContinuedLines(text: string): string {
  const windows = /\^\r?\n/.test(text);
  const joined = text.replace(/[ \t]*(?:\\|\^|`)[ \t]*\r?\n/g, ' ').trim();
  return windows ? joined.replace(/\^(["^&|<>%{}[\]!])/g, '$1') : joined;
}

interface Collected {
  url: string | null;
  method: string | null;
  headers: [string, string][];
  data: string[];
  json: string[];
  user: string | null;
  bearer: string | null;
  sigv4: PastedRequest['sigv4'];
  proxy: string | null;
  proxyUser: string | null;
  notUnderstood: Remark[];
  refused: Remark[];
}

function splitHeader(text: string): [string, string] | null {
  const at = text.indexOf(':');
  return at <= 0 ? null : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function take(into: Collected, rule: Rule, shown: string, value: string): void {
  if (rule.never !== undefined) into.refused.push({ what: shown, why: rule.never });
  if (rule.why !== undefined) into.notUnderstood.push({ what: shown, why: rule.why });
  switch (rule.as) {
    case 'url':
      if (into.url === null) into.url = value;
      else into.notUnderstood.push({ what: 'a second URL', why: 'a target has one' });
      return;
    case 'method':
      into.method = value.toUpperCase();
      return;
    case 'header': {
      const header = splitHeader(value);
      if (value.startsWith('@'))
        into.refused.push({ what: `${shown} @file`, why: 'files are not read' });
      else if (header) into.headers.push(header);
      else into.notUnderstood.push({ what: shown, why: 'this is no header: name, colon, value' });
      return;
    }
    case 'data':
    case 'json':
      if (value.startsWith('@') && shown !== '--data-raw')
        into.refused.push({
          what: `${shown} @file`,
          why: 'files are not read: paste its text in place',
        });
      else into[rule.as].push(value);
      return;
    case 'user':
      into.user = value;
      return;
    case 'bearer':
      into.bearer = value;
      return;
    case 'sigv4': {
      const [, , region = '', service = ''] = value.split(':');
      into.sigv4 = { region, service: service === '' ? 'bedrock' : service };
      return;
    }
    case 'proxy':
      into.proxy = value;
      return;
    case 'proxy-user':
      into.proxyUser = value;
      return;
    default:
  }
}

/** Reads the options of one word that begins with a dash; returns how many of the words after it were values. */
function readOption(into: Collected, word: string, next: string | undefined): number {
  const apply = (name: string, shown: string, own: string | null): number => {
    const rule = LONG[name];
    if (rule === undefined) {
      into.notUnderstood.push({ what: shown, why: 'this option is not known here' });
      return 0;
    }
    if (rule.value && own === null && next === undefined) {
      into.notUnderstood.push({ what: shown, why: 'its value is missing' });
      return 0;
    }
    take(into, rule, shown, own ?? next ?? '');
    return rule.value && own === null ? 1 : 0;
  };
  if (word.startsWith('--')) {
    const [name = '', ...rest] = word.slice(2).split('=');
    return apply(name, `--${name}`, rest.length > 0 ? rest.join('=') : null);
  }
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const name = SHORT[letter];
    if (name === undefined) {
      into.notUnderstood.push({ what: `-${letter}`, why: 'this option is not known here' });
      continue;
    }
    if (!LONG[name]?.value) {
      apply(name, `-${letter}`, null);
      continue;
    }
    const rest = word.slice(at + 1);
    return apply(name, `-${letter}`, rest === '' ? null : rest);
  }
  return 0;
}

function proxyOf(into: Collected): PastedRequest['proxy'] {
  if (into.proxy === null) return null;
  const text = /^[a-z0-9]+:\/\//i.test(into.proxy) ? into.proxy : `http://${into.proxy}`;
  const match = /^([a-z0-9]+):\/\/(?:([^@/]*)@)?([^/]+)/i.exec(text);
  if (!match || !/^https?$/i.test(match[1] ?? '')) {
    into.notUnderstood.push({ what: '--proxy', why: 'only http and https proxies are used' });
    return null;
  }
  return { url: `${match[1]}://${match[3]}`, user: into.proxyUser ?? match[2] ?? null };
}

/** A curl command as words (a shell's rules already applied). */
export function curlRequest(words: readonly string[]): Pasted {
  const start = words.findIndex((word) => /(?:^|[\\/])curl(?:\.exe)?$/i.test(word));
  if (start === -1)
    return {
      ok: false,
      message:
        'There is no curl command in this text. Paste one, or a request that begins with its method and path, such as POST /v1/messages.',
    };
  const into: Collected = {
    url: null,
    method: null,
    headers: [],
    data: [],
    json: [],
    user: null,
    bearer: null,
    sigv4: null,
    proxy: null,
    proxyUser: null,
    notUnderstood: [],
    refused: [],
  };
  if (words.slice(0, start).some((word) => word !== '$' && word !== '>'))
    into.notUnderstood.push({ what: 'words before curl', why: 'nothing but the command is read' });
  for (let at = start + 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (ENDS.has(word) || /^<<-?\w/.test(word)) {
      into.notUnderstood.push({
        what: `everything from ${word.slice(0, 3)}`,
        why: 'no shell is run',
      });
      break;
    }
    if (word.length > 1 && word.startsWith('-')) at += readOption(into, word, words[at + 1]);
    else take(into, { value: true, as: 'url' }, 'URL', word);
  }
  if (into.url === null) return { ok: false, message: 'The curl command has no URL.' };
  const fromFile = into.refused.some(({ what }) =>
    /^(-d|--data|--data-binary|--data-ascii|--json) @file/.test(what),
  );
  if (fromFile && into.data.length + into.json.length === 0)
    return {
      ok: false,
      message:
        'The body stands in a file, and files are not read. Paste its text in place of @file.',
    };
  const body = into.json.length > 0 ? into.json.join('') : into.data.join('&');
  const hasBody = into.json.length + into.data.length > 0;
  return {
    ok: true,
    request: {
      source: 'curl',
      method: into.method ?? (hasBody ? 'POST' : 'GET'),
      url: /^[a-z][a-z0-9+.-]*:\/\//i.test(into.url) ? into.url : `http://${into.url}`,
      headers: into.headers,
      body: hasBody ? body : null,
      user: into.user,
      bearer: into.bearer,
      sigv4: into.sigv4,
      proxy: proxyOf(into),
      notUnderstood: into.notUnderstood,
      refused: into.refused,
    },
  };
}

const START_LINE = /^(GET|POST|PUT|PATCH|DELETE) +(\S+)(?: +HTTP\/\d(?:\.\d)?)? *$/;

/** Does the text begin like an HTTP request? */
export const looksLikeHttp = (text: string): boolean =>
  START_LINE.test(text.trimStart().split(/\r?\n/, 1)[0] ?? '');

/** A raw HTTP request: start line, headers, an empty line, the body. */
export function httpRequest(text: string): Pasted {
  const trimmed = text.trimStart();
  const [head = '', ...rest] = trimmed.split(/\r?\n\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/);
  const start = START_LINE.exec(first);
  if (!start)
    return {
      ok: false,
      message: 'This is no HTTP request: its first line is METHOD URL HTTP/1.1.',
    };
  const notUnderstood: Remark[] = [];
  const headers: [string, string][] = [];
  for (const line of lines) {
    const header = splitHeader(line);
    if (header) headers.push(header);
    else
      notUnderstood.push({
        what: 'a line of the head',
        why: 'this is no header: name, colon, value',
      });
  }
  const path = start[2] ?? '';
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const absolute = /^https?:\/\//i.test(path);
  if (!absolute && host === undefined)
    return {
      ok: false,
      message: 'The request names no host: add its Host header, or write the whole URL.',
    };
  const body = rest.length === 0 ? '' : trimmed.slice(head.length).replace(/^\r?\n\r?\n/, '');
  return {
    ok: true,
    request: {
      source: 'http',
      method: start[1] ?? 'POST',
      url: absolute ? path : `${/:80$/.test(host ?? '') ? 'http' : 'https'}://${host}${path}`,
      headers,
      body: body.trim() === '' ? null : body.trim(),
      user: null,
      bearer: null,
      sigv4: null,
      proxy: null,
      notUnderstood,
      refused: [],
    },
  };
}
