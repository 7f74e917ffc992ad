/** A function that computes the CRC-32 of bytes; `before` is that of the bytes before them. */
export type Crc32 = (bytes: Uint8Array, before?: number) => number;

/**
 * The CRC-32 of bytes (the polynomial of zlib, PNG and Ethernet), as an unsigned 32-bit integer.
 *
 * It detects every change within 32 consecutive bits, so every flipped digit.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
