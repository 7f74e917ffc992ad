/** The polynomial of CRC-32; bit 31 is the coefficient of x⁰, as in all that follows. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X = 0x40000000;

/**
 * The CRC-32 of many bytes of which a few have changed: it costs as much as theirs, not as all's.
 *
 * A CRC is a remainder, of polynomials whose sum is XOR: what changes is the remainder of the
 * difference, which counts for as many powers of x as there are bits behind it.
 *
 * @param sum Of all bytes, before.
 * @param before Of the changed ones, as they were.
 * @param after Of the changed ones, which are as many, as they are.
 * @param behind How many bytes follow them.
 */
export function patchedCrc32(sum: number, before: number, after: number, behind: number): number {
  return (sum ^ multiply(before ^ after, powerOfX(behind))) >>> 0;
}

/** x to the power of a number of bytes. */
function powerOfX(bytes: number): number {
  let [power, square] = [ONE, X];
  for (let bits = 8 * bytes; bits !== 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return power;
}

function multiply(a: number, b: number): number {
  let product = 0;
  for (let mask = ONE; mask !== 0; mask >>>= 1) {
    if ((a & mask) !== 0) product ^= b;
    b = (b >>> 1) ^ ((b & 1) === 0 ? 0 : POLYNOMIAL);
  }
  return product;
}
