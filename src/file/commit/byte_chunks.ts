import type { CooperativeYield } from "../fs/cooperative_yield.ts";

/** The length of the first chunk; each further one is twice as long as the one before. */
const SHORTEST = 16 * 1024;
const LONGEST = 1024 * 1024;
/** The most bytes that UTF-8 needs for one code unit of a string. */
const LONGEST_UNIT = 3;

/** Copying this many bytes takes as long as encoding one. */
const COPIED_PER_ENCODED = 8;

const encoder = new TextEncoder();

/**
 * Bytes that are collected until their number is known.
 *
 * They lie in few long chunks: many thousand short arrays would each be known to the garbage
 * collector, which would hold the event loop for tens of milliseconds.
 */
export class ByteChunks {
  /** The chunks that are full, cut to what they hold. */
  readonly #full: Uint8Array[] = [];
  #chunk: Uint8Array;
  #used = 0;
  #length = 0;

  readonly #expected: number;

  /** @param expected How many bytes are expected: the first chunk holds them. */
  constructor(expected = 0) {
    this.#expected = expected;
    this.#chunk = new Uint8Array(Math.max(SHORTEST, expected));
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds a text as UTF-8; answers how many bytes that took. */
  addText(text: string): number {
    this.#makeRoom(LONGEST_UNIT * text.length);
    const { written } = encoder.encodeInto(text, this.#chunk.subarray(this.#used));
    return this.#did(written);
  }

  /** Adds bytes; answers how many. */
  addBytes(bytes: Uint8Array): number {
    this.#makeRoom(bytes.length);
    this.#chunk.set(bytes, this.#used);
    return this.#did(bytes.length);
  }

  /**
   * Takes all bytes as one array of `length` bytes, which has room behind them.
   *
   * @param pacer Gives others their turns while chunks are copied. The chunk for all that was expected
   *   is taken as it is.
   */
  async join(length: number, pacer: CooperativeYield): Promise<Uint8Array> {
    const isOne = this.#full.length === 0 && this.#chunk.length === this.#expected;
    if (isOne && length <= this.#expected) return this.#chunk.subarray(0, length);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of this.take()) {
      bytes.set(chunk, at);
      at += chunk.length;
      await pacer.did(chunk.length / COPIED_PER_ENCODED);
    }
    return bytes;
  }

  /** Takes all bytes, chunk by chunk: none is kept. */
  *take(): Generator<Uint8Array> {
    this.#endChunk(0);
    for (let chunk = this.#full.shift(); chunk !== undefined; chunk = this.#full.shift()) {
      yield chunk;
    }
  }

  #did(added: number): number {
    this.#used += added;
    this.#length += added;
    return added;
  }

  #makeRoom(length: number): void {
    if (this.#chunk.length - this.#used >= length) return;
    this.#endChunk(Math.max(length, Math.min(2 * this.#chunk.length, LONGEST)));
  }

  #endChunk(next: number): void {
    if (this.#used > 0) this.#full.push(this.#chunk.subarray(0, this.#used));
    this.#chunk = new Uint8Array(next);
    this.#used = 0;
  }
}
