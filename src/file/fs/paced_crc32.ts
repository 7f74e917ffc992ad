import { CooperativeYield } from "./cooperative_yield.ts";
import { fastCrc32 } from "./fast_crc32.ts";

/** A fraction of a millisecond's work. */
const BYTES_AT_A_TIME = 512 * 1024;

/** The CRC-32 of bytes that may be many; others have their turn meanwhile. */
export async function pacedCrc32(bytes: Uint8Array): Promise<number> {
  const pacer = new CooperativeYield(BYTES_AT_A_TIME);
  let sum = 0;
  for (let start = 0; start < bytes.length; start += BYTES_AT_A_TIME) {
    const part = bytes.subarray(start, start + BYTES_AT_A_TIME);
    sum = fastCrc32(part, sum);
    await pacer.did(part.length);
  }
  return sum;
}
