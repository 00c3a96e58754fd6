import type { TransportLimits } from '#core/endpoints/types.ts';
import type { Asked } from '../client.ts';
import { type Answer, type HostileServer, hostileServer } from '../server.ts';

/** One row of HOSTILE section 3. */
export interface HostileCase {
  readonly number: number;
  readonly name: string;
  readonly answer: Answer;
  readonly greet?: Answer;
  readonly stream?: boolean;
  readonly limits?: Partial<TransportLimits>;
  /** Codes that fulfil the row; `accepted` where the row says so. */
  readonly expected: readonly string[];
  /** Most growth of the process in MiB where memory is the matter. */
  readonly memoryMiB?: number;
  readonly check?: (asked: Asked) => void;
}

export const serverOf = (row: HostileCase): Promise<HostileServer> =>
  hostileServer(row.answer, row.greet ? { greet: row.greet } : {});

const CRLF = '\r\n';

/** A response with the right length. */
export function http(
  body: string | Buffer,
  headers: readonly string[] = ['content-type: application/json'],
  status = '200 OK',
): Buffer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, ...headers, `content-length: ${bytes.length}`, '', ''];
  return Buffer.concat([Buffer.from(head.join(CRLF)), bytes]);
}

export const head = (...lines: string[]): string => `${lines.join(CRLF)}${CRLF}${CRLF}`;

export const replies =
  (bytes: string | Buffer): Answer =>
  (socket) => {
    socket.end(bytes);
  };

export const JSON_HEAD = ['HTTP/1.1 200 OK', 'content-type: application/json'] as const;

export const answerJson = (content: unknown, extra: Record<string, unknown> = {}): string =>
  JSON.stringify({
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...extra,
  });
