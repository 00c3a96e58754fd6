import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { badRequest } from './api-error.ts';
import {
  answerChat,
  type LabCount,
  type LabServerOptions,
  type ServerState,
} from './chat-handler.ts';
import { hashLabels } from './random.ts';
import { sendError, sendJson } from './replies.ts';

const HOST = '127.0.0.1';
const METHODS = new Map([
  ['/v1/models', 'GET'],
  ['/v1/chat/completions', 'POST'],
]);

export interface LabServer {
  /** Such as http://127.0.0.1:40123/v1 */
  readonly baseUrl: string;
  readonly port: number;
  /** Live, by model id. A relayed request counts for the relay and for the teacher. */
  readonly counts: Readonly<Record<string, LabCount>>;
  close(): Promise<void>;
}

function authorised(request: IncomingMessage, apiKey: string | undefined): boolean {
  if (apiKey === undefined) return true;
  const given = hashLabels([request.headers.authorization ?? '']);
  return timingSafeEqual(given, hashLabels([`Bearer ${apiKey}`]));
}

function listModels(state: ServerState): string {
  return JSON.stringify({
    object: 'list',
    data: [...state.models.keys()].map((id) => ({
      id,
      object: 'model',
      created: 0,
      owned_by: 'practice-lab',
    })),
  });
}

async function route(
  state: ServerState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = METHODS.get((request.url ?? '').split('?')[0] ?? '');
  if (method === undefined) {
    sendError(response, { ...badRequest('Unknown address.'), status: 404, code: 'not_found' });
  } else if (request.method !== method) {
    sendError(response, { ...badRequest(`Use ${method} here.`), status: 405 });
  } else if (!authorised(request, state.options.apiKey)) {
    sendError(response, {
      ...badRequest('Incorrect API key provided.'),
      status: 401,
      code: 'invalid_api_key',
    });
  } else if (method === 'GET') {
    sendJson(response, listModels(state));
  } else {
    await answerChat(state, request, response);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}

function checkOptions(options: LabServerOptions): void {
  if (options.relay === undefined && options.models.some((m) => m.source.kind === 'relay')) {
    throw new Error('a lab with a relay model needs a relay transport');
  }
  for (const fault of Object.values(options.faults ?? {})) {
    if (!Number.isInteger(fault.every) || fault.every < 1) {
      throw new RangeError('`every` of a fault is a whole number of at least 1');
    }
  }
}

/** Serves the models on 127.0.0.1 in the OpenAI chat completions format; `model` in the request picks one. */
export async function startLabServer(options: LabServerOptions): Promise<LabServer> {
  checkOptions(options);
  const state: ServerState = {
    options,
    models: new Map(options.models.map((model) => [model.id, model])),
    counts: Object.fromEntries(
      options.models.map(({ id }) => [id, { requests: 0, answered: 0, faults: 0 }]),
    ),
    waiting: new Set(),
    responses: 0,
    baseUrl: '',
  };
  const server = createServer((request, response) => {
    route(state, request, response).catch(() => response.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  state.baseUrl = `http://${HOST}:${port}/v1`;
  return {
    baseUrl: state.baseUrl,
    port,
    counts: state.counts,
    close: () =>
      new Promise((resolve, reject) => {
        for (const timer of state.waiting) clearTimeout(timer);
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
