/** How much of a buffer with room to spare is taken. */
const taken = new WeakMap<ArrayBufferLike, number>();

/**
 * The content with more at its end. Contents are never changed, but a longer one may share the buffer of
 * a shorter one: a file that is written block by block is not copied for each block.
 */
export function append(data: Uint8Array, bytes: Uint8Array): Uint8Array {
  const length = data.length + bytes.length;
  let { buffer } = data;
  if (taken.get(buffer) !== data.length || buffer.byteLength < length) {
    buffer = new ArrayBuffer(2 * length);
    new Uint8Array(buffer).set(data);
  }
  new Uint8Array(buffer).set(bytes, data.length);
  taken.set(buffer, length);
  return new Uint8Array(buffer, 0, length);
}
