import { crc32 } from "./crc32.ts";

/**
 * The checksum of a table: the CRC-32 of its canonical text in Go's form, eight lower-case digits.
 *
 * A wrong digit in an offset is still valid JSON; nothing else in the file would tell. It stands
 * after the table in a member that the readers of Go and Java skip, and it depends on the table
 * alone, not on how the file is laid out.
 *
 * @param tableText The text of the table, from its opening brace to its closing one.
 */
export function checksumOf(tableText: string): string {
  return crc32(new TextEncoder().encode(tableText)).toString(16).padStart(8, "0");
}
