import { SLICE, type Slices } from "../slices.ts";
import { type Crc32, crc32 } from "./crc32.ts";

/**
 * The checksum of a snapshot: the CRC-32 of the covered text, eight lower-case digits.
 *
 * A wrong digit in an offset is still valid JSON, so nothing else in the file would show it. The
 * checksum stands in a member that the readers of Go and Java skip. It depends on the table and the
 * generation alone, not on the layout of the file.
 *
 * @param text The covered text; see `coveredText`.
 * @param crc A faster function than the default, which needs no built-in.
 */
export function checksumOf(text: string, crc: Crc32 = crc32): string {
  return hexadecimal(crc(new TextEncoder().encode(text)));
}

/**
 * The text that a checksum covers: the table in Go's form, from its opening brace to its closing
 * one, and the generation's member, if the file has one.
 */
export function coveredText(tableText: string, generation: string | undefined): string {
  return generation === undefined ? tableText : tableText + generationMember(generation, "");
}

/** The member that holds the generation, with the comma before it. */
export function generationMember(generation: string | number, indent: string): string {
  return `,${indent}"generation":${generation}`;
}

/** A CRC-32 as it is written: eight lower-case digits. */
export function hexadecimal(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** A longer text is encoded piece by piece. */
const LONGEST_PIECE = 64 * 1024;

/** The checksum of a text that comes in pieces, in slices; see `checksumOf`. */
export function* checksumInSlices(pieces: Iterable<string>, crc: Crc32): Slices<string> {
  const encoder = new TextEncoder();
  let [sum, text] = [0, ""];
  for (const piece of pieces) {
    text += piece;
    if (text.length < LONGEST_PIECE) continue;
    sum = crc(encoder.encode(text), sum);
    text = "";
    yield SLICE;
  }
  // Node 22 says 0 for the checksum of no bytes after others.
  return hexadecimal(text === "" ? sum : crc(encoder.encode(text), sum));
}

/** Cuts a text into pieces that each end with a whole character. */
export function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = start + LONGEST_PIECE;
    if (text.codePointAt(end - 1)! > 0xffff) end++;
    yield text.slice(start, end);
    start = end;
  }
}
