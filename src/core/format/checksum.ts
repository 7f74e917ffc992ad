import { type Crc32, crc32 } from "./crc32.ts";

/**
 * The checksum of a table: the CRC-32 of its canonical text in Go's form, eight lower-case digits.
 *
 * A wrong digit in an offset is still valid JSON; nothing else in the file would tell. It stands
 * after the table in a member that the readers of Go and Java skip, and it depends on the table
 * alone, not on how the file is laid out.
 *
 * @param tableText The text of the table, from its opening brace to its closing one.
 * @param crc A faster function than the one that needs nothing.
 */
export function checksumOf(tableText: string, crc: Crc32 = crc32): string {
  return hexadecimal(crc(new TextEncoder().encode(tableText)));
}

/** A CRC-32 as it is written: eight lower-case digits. */
export function hexadecimal(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
