import { SLICE, type Slices } from "../slices.ts";

type Compare<T> = (a: T, b: T) => number;

/** Merges two sorted arrays, in slices; among equals those of the first come first. */
export function* mergeSorted<T>(
  a: readonly T[],
  b: readonly T[],
  compare: Compare<T>,
): Slices<T[]> {
  const merged: T[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    const isFirst = j === b.length || (i < a.length && compare(a[i], b[j]) <= 0);
    merged.push(isFirst ? a[i++] : b[j++]);
    if (merged.length % SLICE === 0) yield SLICE;
  }
  return merged;
}

/** Sorts an array into another one, in slices. */
export function* sortInSlices<T>(items: readonly T[], compare: Compare<T>): Slices<T[]> {
  let parts: T[][] = [];
  for (let start = 0; start < items.length; start += SLICE) {
    const part = items.slice(start, start + SLICE).sort(compare);
    parts.push(part);
    yield part.length;
  }
  while (parts.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < parts.length; i += 2) {
      const [a, b = []] = parts.slice(i, i + 2);
      merged.push(yield* mergeSorted(a, b, compare));
    }
    parts = merged;
  }
  return parts[0] ?? [];
}
