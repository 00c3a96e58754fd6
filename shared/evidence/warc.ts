import { concat, sha256, toHex, utf8 } from './bytes.ts';
import type { EvidenceAttempt, EvidenceDocument, HeaderPair } from './document.ts';

// Transcripts once more as WARC 1.1 (ISO 28500:2017), so that tools for web archives read them. transcripts.jsonl is the
// original: the verifier writes this file again from it.

const CRLF = '\r\n';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(bytes: Uint8Array): string {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    held += 8;
    while (held >= 5) {
      held -= 5;
      text += BASE32.charAt((bits >> held) & 31);
    }
  }
  return held === 0 ? text : text + BASE32.charAt((bits << (5 - held)) & 31);
}

const digest = (bytes: Uint8Array) => `sha256:${base32(sha256(bytes))}`;

/** A UUID (version 8) out of a name, so that the same document gives the same file. */
function recordId(...name: readonly string[]): string {
  const hex = toHex(sha256(utf8(name.join('\0')))).slice(0, 32);
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}a${hex.slice(17)}`;
  return `<urn:uuid:${digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}>`;
}

/** One line whatever the value holds: a header that others wrote must not begin another one. */
const oneLine = (value: string) => value.replace(/[\r\n\0]+/g, ' ');

function record(fields: readonly (readonly [string, string])[], block: Uint8Array): Uint8Array {
  const head = [...fields, ['Content-Length', String(block.length)] as const]
    .map(([name, value]) => `${name}: ${oneLine(value)}${CRLF}`)
    .join('');
  return concat(utf8(`WARC/1.1${CRLF}${head}${CRLF}`), block, utf8(CRLF + CRLF));
}

/** The body stands here without its chunk frames: a header that announces them is kept under another name. */
function headerLines(headers: readonly HeaderPair[]): string {
  return headers
    .map(([name, value]) => {
      const shown = name.toLowerCase() === 'transfer-encoding' ? `X-Original-${name}` : name;
      return `${oneLine(shown)}: ${oneLine(value)}${CRLF}`;
    })
    .join('');
}

const URL_PARTS = /^[a-z]+:\/\/([^/?#]+)([^#]*)/i;

function requestBlock({ request }: EvidenceAttempt): Uint8Array {
  const [, host = '', path = ''] = URL_PARTS.exec(request.url) ?? [];
  const named = request.headers.some(([name]) => name.toLowerCase() === 'host');
  const hostLine = named ? '' : `Host: ${host}${CRLF}`;
  const target = path.startsWith('/') ? path : `/${path}`;
  return concat(
    utf8(
      `${request.method} ${oneLine(target)} HTTP/1.1${CRLF}${hostLine}${headerLines(request.headers)}${CRLF}`,
    ),
    request.body,
  );
}

function exchange(attempt: EvidenceAttempt): Uint8Array[] {
  const { request, response } = attempt;
  const common = [
    ['WARC-Target-URI', request.url],
    ['WARC-Date', attempt.startedUtc],
  ] as const;
  const requestId = recordId('request', attempt.id);
  const responseId = recordId('response', attempt.id);
  const block = requestBlock(attempt);
  const records: Uint8Array[] = [];
  if (response !== null) {
    const answer = concat(
      utf8(`HTTP/1.1 ${response.status} ${CRLF}${headerLines(response.headers)}${CRLF}`),
      response.body,
    );
    records.push(
      record(
        [
          ['WARC-Type', 'response'],
          ['WARC-Record-ID', responseId],
          ...common,
          ['WARC-Block-Digest', digest(answer)],
          ['WARC-Payload-Digest', digest(response.body)],
          ['Content-Type', 'application/http;msgtype=response'],
        ],
        answer,
      ),
    );
  }
  records.push(
    record(
      [
        ['WARC-Type', 'request'],
        ['WARC-Record-ID', requestId],
        ...common,
        ...(response === null ? [] : ([['WARC-Concurrent-To', responseId]] as const)),
        ['WARC-Block-Digest', digest(block)],
        ['WARC-Payload-Digest', digest(request.body)],
        ['Content-Type', 'application/http;msgtype=request'],
      ],
      block,
    ),
    record(
      [
        ['WARC-Type', 'metadata'],
        ['WARC-Record-ID', recordId('metadata', attempt.id)],
        ...common,
        ['WARC-Concurrent-To', requestId],
        ['Content-Type', 'application/warc-fields'],
      ],
      utf8(
        [
          ['attempt', attempt.id],
          ['target', attempt.target],
          ['canary', attempt.canaryId],
          ['sample', String(attempt.k)],
          ['number', String(attempt.number)],
          ['outcome', attempt.outcome],
          ...(attempt.errorCode === null ? [] : [['error', attempt.errorCode]]),
          ...(attempt.endedUtc === null ? [] : [['ended', attempt.endedUtc]]),
        ]
          .map(([name = '', value = '']) => `${name}: ${oneLine(value)}${CRLF}`)
          .join(''),
      ),
    ),
  );
  return records;
}

/** transcripts.warc: one warcinfo record, then response, request and metadata of every attempt. */
export function warcBytes(
  document: Pick<EvidenceDocument, 'reportId' | 'createdUtc' | 'tool' | 'attempts'>,
): Uint8Array {
  const { tool } = document;
  const info = record(
    [
      ['WARC-Type', 'warcinfo'],
      ['WARC-Record-ID', recordId('warcinfo', document.reportId)],
      ['WARC-Date', document.createdUtc],
      ['WARC-Filename', 'transcripts.warc'],
      ['Content-Type', 'application/warc-fields'],
    ],
    utf8(
      `software: ${oneLine(`${tool.name}/${tool.version} ${tool.runtime}`)}${CRLF}format: WARC File Format 1.1${CRLF}description: bodies as received, before any content decoding; secrets appear as [REDACTED]${CRLF}`,
    ),
  );
  return concat(info, ...document.attempts.flatMap(exchange));
}
