import type { ServerResponse } from 'node:http';
import { type Envelope, ERRORS, type ErrorCode } from '#shared/contract/errors.ts';
import { SECURITY_HEADERS } from '../common/page-headers.ts';

type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Headers;
}

export function send(response: ServerResponse, answer: Answer, withBody = true): void {
  const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    ...answer.headers,
    'content-type': answer.contentType,
    'content-length': bytes.length,
  });
  response.end(withBody ? bytes : undefined);
}

export const text = (status: number, message: string, headers: Headers = {}): Answer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${message}\n`,
  headers,
});

export const json = (status: number, value: unknown, headers: Headers = {}): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
  headers,
});

/** The status of an envelope comes from the one table of errors. */
export const envelope = (value: Envelope<unknown>): Answer =>
  json(value.ok ? 200 : ERRORS[value.error.code].http, value);

/** A call that was refused before it reached the core, in the form that a client of the core understands. */
export const refusedCall = (
  status: number,
  code: ErrorCode,
  message: string,
  headers: Headers = {},
): Answer => json(status, { ok: false, error: { code, message } }, headers);

/** What a browser shows that has no session. It has no script, style or link, and says nothing about the workspace. */
export const noSessionPage: Answer = {
  status: 403,
  contentType: 'text/html; charset=utf-8',
  body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Trapstreet: not open here</title></head>
<body>
<h1>Trapstreet is not open in this browser</h1>
<p>Trapstreet was started from a terminal and printed an address there. That address opens it once, in one browser.</p>
<p>To open it here, stop it in that terminal with Ctrl-C, run <code>trapstreet serve</code> again, and open the new address it prints.</p>
</body>
</html>
`,
};
