import { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";

/** Reports a fault of the text by throwing: the scanner cannot go on. */
export type Report = (reason: string, position: number) => never;

/**
 * A cursor over JSON text that reads one token at a time.
 *
 * `JSON.parse` cannot do this job: it rounds int64 (S1), takes floats for integers, forgets positions,
 * and does not read Java's object keys. Nothing here recurses, so depth cannot overflow the stack.
 */
export class JsonScanner {
  readonly text: string;
  position = 0;
  readonly #report: Report;

  constructor(text: string, report: Report = throwSyntaxError) {
    this.text = text;
    this.#report = report;
  }

  fail(reason: string, position = this.position): never {
    return this.#report(reason, position);
  }

  /** Skips white space and returns the next character, `""` at the end. */
  peek(): string {
    while (isSpace(this.text.charCodeAt(this.position))) this.position++;
    return this.text.charAt(this.position);
  }

  /** Skips white space and the given character if it is next. */
  take(char: string | undefined): boolean {
    if (this.peek() !== char) return false;
    this.position++;
    return true;
  }

  expect(char: string, where: string): void {
    if (!this.take(char)) this.fail(`expected "${char}" ${where}, found ${this.found()}`);
  }

  found(): string {
    const code = this.text.codePointAt(this.position);
    return code === undefined ? "the end" : JSON.stringify(String.fromCodePoint(code));
  }

  string(what: string): string {
    if (this.peek() !== '"') this.fail(`expected ${what} as a string, found ${this.found()}`);
    return this.stringHere();
  }

  private stringHere(): string {
    const start = this.position;
    this.skipString();
    // The native parser decodes escapes and refuses bad ones and raw control characters.
    try {
      return JSON.parse(this.text.slice(start, this.position));
    } catch {
      this.fail("bad escape or control character in a string", start);
    }
  }

  integer(what: string, bits: 32 | 64): bigint {
    this.peek();
    INTEGER.lastIndex = this.position;
    const digits = INTEGER.exec(this.text)?.[0];
    if (digits === undefined) this.fail(`expected ${what} as an integer, found ${this.found()}`);
    const value = BigInt(digits);
    if (BigInt.asIntN(bits, value) !== value) this.fail(`${what} is not an int${bits}`);
    const end = this.position + digits.length;
    if (/[0-9.eE]/.test(this.text.charAt(end))) this.fail(`${what} is not written as an integer`);
    this.position = end;
    return value;
  }

  /** Skips a value of any kind and depth, and checks that it is JSON. */
  skipValue(): void {
    const closers: string[] = [];
    do {
      const opener = this.peek();
      if (opener === "{" || opener === "[") {
        this.position++;
        const closer = opener === "{" ? "}" : "]";
        if (!this.take(closer)) {
          closers.push(closer);
          if (opener === "{") this.skipName();
          continue;
        }
      } else {
        this.skipScalar();
      }
      while (this.take(closers.at(-1))) closers.pop();
      if (closers.length > 0) {
        this.expect(",", `or "${closers.at(-1)}"`);
        if (closers.at(-1) === "}") this.skipName();
      }
    } while (closers.length > 0);
  }

  private skipName(): void {
    this.string("a member's name");
    this.expect(":", "after a member's name");
  }

  private skipScalar(): void {
    if (this.peek() === '"') {
      this.stringHere();
      return;
    }
    SCALAR.lastIndex = this.position;
    const scalar = SCALAR.exec(this.text)?.[0];
    if (scalar === undefined) this.fail(`expected a value, found ${this.found()}`);
    this.position += scalar.length;
  }

  private skipString(): void {
    const start = this.position;
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end === -1) this.fail("the string that begins here has no end", start);
    } while (isEscaped(this.text, end));
    this.position = end + 1;
  }
}

/** 20 digits are beyond int64 already; reading more would make BigInt's work grow with the input. */
const INTEGER = /-?(?:0|[1-9][0-9]{0,19})/y;
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

function throwSyntaxError(reason: string, position: number): never {
  throw new OffsetFileSyntaxError(position, reason);
}

/** A quote is escaped by an odd number of backslashes before it. */
function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - slashes - 1) === 0x5c) slashes++;
  return slashes % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
