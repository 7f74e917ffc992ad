import { RemotingProtocolError } from "../errors/remoting_protocol_error.ts";
import type { Frame } from "./frame.ts";

/** The only serialization that is asked for; a server answers in that of the request. */
const JSON_HEADER = 0;

/** Decodes frames from bytes that arrive in pieces of any size. */
export class FrameDecoder {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** `maxBytes` bounds what follows the length of a frame. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes a piece and answers the frames that it completes.
   *
   * @throws {RemotingProtocolError} If these bytes are no frame; no further piece can be decoded.
   */
  push(piece: Uint8Array): Frame[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    const frames: Frame[] = [];
    for (;;) {
      const bytes = this.#take();
      if (bytes === undefined) return frames;
      frames.push(decode(bytes));
    }
  }

  /** The next frame without its length, once all of it is there. */
  #take(): Uint8Array | undefined {
    if (this.#length < 4) return undefined;
    if (this.#pieces[0].length < 4) this.#join();
    const length = int32(this.#pieces[0], 0);
    if (length < 4 || length > this.#maxBytes) {
      throw new RemotingProtocolError(`a frame of ${length} bytes`, `4 to ${this.#maxBytes} bytes`);
    }
    if (this.#length < 4 + length) return undefined;
    this.#join();
    const [all] = this.#pieces;
    this.#pieces = [all.subarray(4 + length)];
    this.#length -= 4 + length;
    return all.subarray(4, 4 + length);
  }

  /** Makes one of the pieces, which happens at most twice for each frame. */
  #join(): void {
    if (this.#pieces.length === 1) return;
    const all = new Uint8Array(this.#length);
    let end = 0;
    for (const piece of this.#pieces) {
      all.set(piece, end);
      end += piece.length;
    }
    this.#pieces = [all];
  }
}

function decode(bytes: Uint8Array): Frame {
  if (bytes[0] !== JSON_HEADER) {
    throw new RemotingProtocolError(`a header of serialization ${bytes[0]}`, "JSON, which is 0");
  }
  const length = int32(bytes, 0);
  if (length > bytes.length - 4) {
    throw new RemotingProtocolError(`a header of ${length} bytes`, `${bytes.length - 4} at most`);
  }
  const { code, flag, opaque, remark, extFields } = parseHeader(bytes.subarray(4, 4 + length));
  return {
    code: integer("code", code),
    flag: integer("flag", flag),
    opaque: integer("opaque", opaque),
    remark: text("remark", remark),
    fields: fieldsOf(extFields),
    body: bytes.subarray(4 + length),
  };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new RemotingProtocolError("a header that is no JSON", "a JSON object", cause);
  }
  return object("header", header);
}

function fieldsOf(extFields: unknown): ReadonlyMap<string, string> {
  if (extFields === undefined || extFields === null) return new Map();
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(object("extFields", extFields))) {
    const known = text(name, value);
    if (known !== undefined) fields.set(name, known);
  }
  return fields;
}

function object(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new RemotingProtocolError(`${name} that is no object`, "a JSON object");
}

function integer(name: string, value: unknown): number {
  if (typeof value === "number" && (value | 0) === value) return value;
  throw new RemotingProtocolError(`${name} that is no int32`, "an int32");
}

function text(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw new RemotingProtocolError(`${name} that is no text`, "a JSON string or null");
}

function int32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(at);
}
