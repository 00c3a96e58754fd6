import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const DIMENSIONS = 256;

/** A vector of hashed words: texts that share words point the same way, in whatever order the words stand. */
function vectorOf(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const at =
      [...word].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) >>> 0, 7) % DIMENSIONS;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}

export interface EmbeddingServer {
  readonly baseUrl: string;
  /** Bodies as they came. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** An endpoint of the OpenAI embeddings format with vectors of its own. `fail`: status of every answer after the first. */
export async function embeddingServer(fail?: number): Promise<EmbeddingServer> {
  const log: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const raw = Buffer.concat(parts).toString('utf8');
    log.push(raw);
    if (request.url !== '/v1/embeddings' || (fail !== undefined && log.length > 1)) {
      response.writeHead(fail ?? 404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const { input } = JSON.parse(raw) as { input: string[] };
    const data = input.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: vectorOf(text),
    }));
    // Providers need not keep the order: the index says which text it is.
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ object: 'list', data: data.reverse(), model: 'words-1' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    log,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
