import { EvidenceError } from './errors.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const MAX_DEPTH = 64;
/** Lists, objects and keys of one text: each costs far more memory than the few bytes it is written with. */
const MAX_PARTS = 1_000_000;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\p{Cc}]+/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * RFC 8259 JSON, stricter than JSON.parse: a key given twice, more than 64 levels or 1,000,000 parts, a lone surrogate or a
 * number that a double cannot hold is an error. Objects have no prototype, so `__proto__` is a key like any other.
 */
export function parseJsonStrict(text: string): JsonValue {
  const scanner = new Scanner(text);
  return scanner.document();
}

class Scanner {
  private readonly text: string;
  private at = 0;
  private parts = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonValue {
    this.space();
    const value = this.value(0);
    this.space();
    if (this.at !== this.text.length) this.fail('text after the value');
    return value;
  }

  private fail(what: string): never {
    throw new EvidenceError(`JSON: ${what} at character ${this.at}`);
  }

  private space(): void {
    while (' \t\n\r'.includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at++;
  }

  private take(expected: string): void {
    if (!this.text.startsWith(expected, this.at)) this.fail('unexpected text');
    this.at += expected.length;
  }

  private part(): void {
    if (++this.parts > MAX_PARTS) this.fail(`more than ${MAX_PARTS} parts`);
  }

  private value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) this.fail(`more than ${MAX_DEPTH} levels`);
    switch (this.text.charAt(this.at)) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        this.take('true');
        return true;
      case 'f':
        this.take('false');
        return false;
      case 'n':
        this.take('null');
        return null;
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonValue {
    this.part();
    const object: Record<string, JsonValue> = Object.create(null);
    this.take('{');
    this.space();
    if (this.text.charAt(this.at) === '}') {
      this.at++;
      return object;
    }
    for (;;) {
      this.space();
      const key = this.string();
      if (key in object) this.fail('a key given twice');
      this.part();
      this.space();
      this.take(':');
      this.space();
      object[key] = this.value(depth + 1);
      this.space();
      if (this.text.charAt(this.at) !== ',') break;
      this.at++;
    }
    this.take('}');
    return object;
  }

  private array(depth: number): JsonValue {
    this.part();
    const array: JsonValue[] = [];
    this.take('[');
    this.space();
    if (this.text.charAt(this.at) === ']') {
      this.at++;
      return array;
    }
    for (;;) {
      this.space();
      array.push(this.value(depth + 1));
      this.space();
      if (this.text.charAt(this.at) !== ',') break;
      this.at++;
    }
    this.take(']');
    return array;
  }

  private string(): string {
    this.take('"');
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = PLAIN.exec(this.text);
      if (plain !== null) {
        value += plain[0];
        this.at += plain[0].length;
      }
      const next = this.text.charAt(this.at);
      if (next === '"') break;
      if (next === '\\') value += this.escape();
      else if (next > '\u001f') {
        // U+007F to U+009F are controls to Unicode, but plain text to JSON.
        value += next;
        this.at++;
      } else this.fail('a string without end or with a control character');
    }
    this.at++;
    if (!value.isWellFormed()) this.fail('a lone surrogate');
    return value;
  }

  private escape(): string {
    const letter = this.text.charAt(this.at + 1);
    if (letter === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('a bad escape');
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (character === undefined) this.fail('a bad escape');
    this.at += 2;
    return character;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) this.fail('unexpected text');
    const value = Number(match[0]);
    if (!Number.isFinite(value)) this.fail('a number out of range');
    this.at += match[0].length;
    return value;
  }
}
