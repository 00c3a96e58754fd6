/** Exit codes of PRODUCT.md "Command line". */
export const EXIT = {
  done: 0,
  thresholdMet: 10,
  undetermined: 20,
  unreachable: 30,
  identityChanged: 31,
  capReached: 40,
  integrity: 50,
  usage: 64,
  internal: 70,
  interrupted: 130,
} as const;

/** What the command line itself refuses; `lines` are told before the sentence, one each. */
export class CliError extends Error {
  readonly exit: number;
  readonly code: string;
  readonly lines: readonly string[];
  readonly data: unknown;
  constructor(
    message: string,
    options: {
      readonly exit?: number;
      readonly code?: string;
      readonly lines?: readonly string[];
      readonly data?: unknown;
    } = {},
  ) {
    super(message);
    this.name = 'CliError';
    this.exit = options.exit ?? EXIT.usage;
    this.code = options.code ?? 'USAGE';
    this.lines = options.lines ?? [];
    this.data = options.data;
  }
}
