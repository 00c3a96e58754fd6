import type { ServerResponse } from 'node:http';
import { type ApiError, errorBody } from './api-error.ts';

export function sendError(response: ServerResponse, error: ApiError): void {
  const body = errorBody(error);
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(error.status === 429 ? { 'retry-after': '1' } : {}),
  });
  response.end(body);
}

export function sendJson(response: ServerResponse, body: string): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
