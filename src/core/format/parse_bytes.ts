import { atOnce, type Slices } from "../slices.ts";
import type { Crc32 } from "./crc32.ts";
import { OffsetFileChecksumError } from "./offset_file_checksum_error.ts";
import { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";
import { decode, parseInSlices, type Snapshot } from "./parse.ts";
import { parseAliOns } from "./parse_ali_ons.ts";
import type { OffsetTable } from "../table/offset_table.ts";

/**
 * Reads the bytes of a snapshot as `parseSnapshot` reads its text, and tells the place of a fault
 * in bytes: a reader of the message compares it with the length of the file.
 */
export function parseBytes(bytes: Uint8Array, crc: Crc32 | undefined): Snapshot {
  return atOnce(parseBytesInSlices(bytes, crc));
}

/** The same in slices. */
export function* parseBytesInSlices(bytes: Uint8Array, crc: Crc32 | undefined): Slices<Snapshot> {
  const text = decode(bytes);
  try {
    return yield* parseInSlices(text, crc);
  } catch (error) {
    throw inBytes(error, text);
  }
}

/** Reads the bytes of a file of ali-ons as `parseAliOns` reads its text; positions count bytes. */
export function parseAliOnsBytes(bytes: Uint8Array): OffsetTable {
  const text = decode(bytes);
  try {
    return parseAliOns(text);
  } catch (error) {
    throw inBytes(error, text);
  }
}

/** The same error; the position of a fault in the text counts bytes. */
function inBytes(error: unknown, text: string): unknown {
  if (!(error instanceof OffsetFileSyntaxError)) return error;
  const position = new TextEncoder().encode(text.slice(0, error.position)).length;
  return error instanceof OffsetFileChecksumError
    ? new OffsetFileChecksumError(position, error.expected, error.actual)
    : new OffsetFileSyntaxError(position, error.reason);
}
