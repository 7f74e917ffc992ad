/** The bit of `flag` that tells an answer from a request. */
export const RESPONSE = 1;

/** The bit of `flag` that tells the other side not to answer. */
export const ONE_WAY = 2;

/** A version that brokers know to understand `GO_AWAY`: the ordinal of 5.3.2 in Java's client. */
const VERSION = 477;

/** A frame of the remoting protocol: a request or an answer. */
export interface Frame {
  /** The code of the request, or of its outcome. */
  readonly code: number;
  /** `RESPONSE`, `ONE_WAY`, both or none. */
  readonly flag: number;
  /** The number of the request, which its answer has too; an int32. */
  readonly opaque: number;
  /** What the other side has to say, for people. */
  readonly remark: string | undefined;
  /** The arguments or the results by their names; an int64 is a string of digits. */
  readonly fields: ReadonlyMap<string, string>;
  /** The bytes behind the header. */
  readonly body: Uint8Array;
}

/** What a request consists of; a connection numbers it. */
export interface Request {
  readonly code: number;
  readonly fields: ReadonlyMap<string, string>;
}

const utf8 = new TextEncoder();

/**
 * Encodes a request: the length of all that follows and that of the header, each four bytes, big
 * endian, then the header as JSON.
 */
export function encodeRequest({ code, fields }: Request, opaque: number, flag: number): Uint8Array {
  const header = utf8.encode(JSON.stringify({
    ...{ code, flag, language: "OTHER", opaque },
    ...{ serializeTypeCurrentRPC: "JSON", version: VERSION },
    extFields: Object.fromEntries(fields),
  }));
  const bytes = new Uint8Array(8 + header.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 4 + header.length);
  // The first byte of these four is the serialization, 0 for JSON.
  view.setInt32(4, header.length);
  bytes.set(header, 8);
  return bytes;
}
