/**
 * Makes room in a typed array: the same array if it has `length` elements, else a longer copy.
 *
 * It grows by half, so that copies are rare and the spare room is small.
 */
export function ensureCapacity<A extends Uint8Array | Int32Array | Uint32Array | BigInt64Array>(
  array: A,
  length: number,
): A {
  if (length <= array.length) return array;
  const longer = new (array.constructor as new (length: number) => A)(length + (length >> 1));
  // Both are of one type, which TypeScript cannot know.
  (longer as Uint8Array).set(array as Uint8Array);
  return longer;
}
