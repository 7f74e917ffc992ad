import process from "node:process";
import { crc32 } from "../../core/format/crc32.ts";

/** Below this length our own function is faster than zlib's. */
const SHORT = 512;

let zlib: typeof import("node:zlib") | "not loaded" = "not loaded";

/**
 * The CRC-32 of bytes, by the runtime's native code if they are many; see `crc32`.
 *
 * The native code is loaded with the first of them: that takes milliseconds, for which neither the
 * import of a store nor the open of a new one waits.
 */
export function fastCrc32(bytes: Uint8Array, before = 0): number {
  // Stryker disable next-line ConditionalExpression,EqualityOperator: both have the same answer
  if (bytes.length < SHORT) return crc32(bytes, before);
  if (zlib === "not loaded") zlib = process.getBuiltinModule("node:zlib");
  return zlib.crc32(bytes, before);
}
