import { ExchangeFailure } from './failure.ts';

const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: ([^\r\n]*))?\r\n$/;
const START = 'HTTP/1.';
const FIELD = /^[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*\r\n$/;
const LENGTH = /^content-length:/gim;
const TRANSFER_CODINGS = /^transfer-encoding:([^\r\n]*)/gim;
const PADDED_LENGTH = /^(content-length:[ \t]*\d+)[ \t]+(?=\r\n)/im;

/**
 * Reads the head of an answer before undici does, and lets it through only when it is whole. It is what undici's parser
 * is not: it takes HTTP/1.0 and 1.1 and nothing else, passes over interim answers (a 100 too), counts every byte, keeps
 * the reason as it came, and tells two lengths from a head that is wrong. Names and values are taken apart by undici.
 */
export class HeadReader {
  /** The reason, as Latin-1; known when the head has been let through. */
  reason = '';
  #held: Buffer = Buffer.alloc(0);
  /** Where the line begins that is not whole yet. */
  #at = 0;
  #status: number | null = null;
  readonly #mostBytes: number;
  readonly #onInfo: () => void;

  /** `onInfo` is told of each interim answer. */
  constructor(mostBytes: number, onInfo: () => void) {
    this.#mostBytes = mostBytes;
    this.#onInfo = onInfo;
  }

  /**
   * The head and what follows it, or null while it is not whole. Throws HTTP_PROTOCOL, HEADERS_TOO_LARGE, LENGTH_MISMATCH
   * (two lengths), CONNECTION_LOST (another protocol from here on).
   */
  take(piece: Buffer): Buffer | null {
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    for (let end = this.#lineEnd(); end !== -1; end = this.#lineEnd()) {
      this.#checkSize(end);
      const line = this.#held.toString('latin1', this.#at, end);
      this.#at = end;
      // Empty lines before an answer are passed over, as undici and others do.
      if (this.#status === null) this.#status = line === '\r\n' ? null : this.#statusOf(line);
      else if (line === '\r\n' && this.#status >= 200) return this.#whole();
      else if (line === '\r\n') this.#passOver();
      else if (!FIELD.test(line)) throw notHttp();
    }
    this.#checkSize(this.#held.length);
    this.#checkRest(this.#held.toString('latin1', this.#at));
    return null;
  }

  /** What cannot become a line any more need not be waited for. */
  #checkRest(rest: string): void {
    const carriageReturn = rest.indexOf('\r');
    if (carriageReturn !== -1 && carriageReturn < rest.length - 1) throw notHttp();
    if (this.#status === null && rest !== '\r' && !START.startsWith(rest.slice(0, START.length)))
      throw notHttp();
  }

  /** Index after the next line feed, or -1. */
  #lineEnd(): number {
    return this.#held.indexOf('\n', this.#at) + 1 || -1;
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#mostBytes)
      throw new ExchangeFailure('HEADERS_TOO_LARGE', 'the head is above the limit');
  }

  #statusOf(line: string): number {
    const parts = STATUS_LINE.exec(line);
    if (parts === null) throw notHttp();
    const status = Number(parts[1]);
    if (status === 101) throw new ExchangeFailure('CONNECTION_LOST', 'another protocol began');
    this.reason = parts[2] ?? '';
    return status;
  }

  #passOver(): void {
    this.#held = this.#held.subarray(this.#at);
    this.#at = 0;
    this.#status = null;
    this.#onInfo();
  }

  #whole(): Buffer {
    const text = this.#held.toString('latin1', 0, this.#at);
    const lengths = text.match(LENGTH)?.length ?? 0;
    const codings = [...text.matchAll(TRANSFER_CODINGS)].map(([, coding = '']) => coding.trim());
    if (lengths > 1 || (lengths === 1 && codings.length > 0))
      throw new ExchangeFailure('LENGTH_MISMATCH', 'more than one length');
    if (codings.length > 0 && codings.join().toLowerCase() !== 'chunked')
      throw new ExchangeFailure('HTTP_PROTOCOL', 'a transfer coding that was not asked for');
    if (!PADDED_LENGTH.test(text)) return this.#held;
    // Blanks behind a value are no part of it (RFC 9110 5.5), yet undici counts them as digits.
    const bare = Buffer.from(text.replace(PADDED_LENGTH, '$1'), 'latin1');
    return Buffer.concat([bare, this.#held.subarray(this.#at)]);
  }
}

const notHttp = () => new ExchangeFailure('HTTP_PROTOCOL', 'not HTTP/1.1');
