/** An answer other than 200 in the error shape of the OpenAI API. */
export interface ApiError {
  readonly status: number;
  readonly type: 'invalid_request_error' | 'rate_limit_error' | 'server_error';
  readonly code: string | null;
  readonly param: string | null;
  readonly message: string;
}

export function badRequest(message: string, param: string | null = null): ApiError {
  return { status: 400, type: 'invalid_request_error', code: null, param, message };
}

export function errorBody(error: ApiError): string {
  const { message, type, param, code } = error;
  return JSON.stringify({ error: { message, type, param, code } });
}
