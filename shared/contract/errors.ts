/**
 * The closed table of error codes. `http` is the status in browser mode, `exit` the process status of the command line
 * (PRODUCT.md "Command line"), `retryable` whether the same call may succeed later without a change.
 */
export const ERRORS = {
  BAD_INPUT: { http: 400, exit: 64, retryable: false },
  NOT_FOUND: { http: 404, exit: 64, retryable: false },
  CONFLICT: { http: 409, exit: 64, retryable: false },
  WORKSPACE_ABSENT: { http: 409, exit: 64, retryable: false },
  WORKSPACE_EXISTS: { http: 409, exit: 64, retryable: false },
  WORKSPACE_LOCKED: { http: 423, exit: 64, retryable: true },
  WORKSPACE_BUSY: { http: 423, exit: 64, retryable: true },
  WORKSPACE_TOO_NEW: { http: 409, exit: 64, retryable: false },
  WRONG_PASSPHRASE: { http: 403, exit: 64, retryable: true },
  KEYCHAIN_UNAVAILABLE: { http: 409, exit: 64, retryable: true },
  KEYCHAIN_CHANGED: { http: 409, exit: 64, retryable: false },
  IMPORT_REJECTED: { http: 422, exit: 64, retryable: false },
  PLAN_INVALID: { http: 422, exit: 64, retryable: false },
  UNSAFE_ENVIRONMENT: { http: 409, exit: 64, retryable: false },
  LIMIT_REACHED: { http: 409, exit: 40, retryable: false },
  TARGET_UNREACHABLE: { http: 502, exit: 30, retryable: true },
  INTEGRITY: { http: 500, exit: 50, retryable: false },
  NOT_AVAILABLE_HERE: { http: 403, exit: 64, retryable: false },
  INTERRUPTED: { http: 499, exit: 130, retryable: true },
  INTERNAL: { http: 500, exit: 70, retryable: false },
} as const satisfies Record<string, { http: number; exit: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** What a failed call carries over every transport. `message` says what happened and what to do; it holds no secret. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data?: unknown;
}

export type Envelope<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly error: Failure };

/** Thrown by a use case that fails; the dispatcher turns it into a Failure. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly data: unknown;
  constructor(code: ErrorCode, message: string, data?: unknown) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.data = data;
  }
}
