import { quote } from "../table/message_queue.ts";

/**
 * The number of a snapshot (clause J3): an integer from 1 to 2^53 − 2.
 *
 * A snapshot that folds a journal in has a greater number than both. So a journal that is left
 * beside the snapshot that holds its records is recognised, whatever the records say.
 */
export type Generation = number;

/** The greatest generation of a snapshot: one more is still a safe integer. */
export const MAX_GENERATION: Generation = Number.MAX_SAFE_INTEGER - 1;

/** A snapshot of this generation or a greater one gets no journal: the fold would need a number more. */
export const MAX_JOURNAL_GENERATION: Generation = MAX_GENERATION - 1;

/**
 * Reads a generation from its JSON text.
 *
 * @param max The greatest one that may be there.
 * @returns `undefined` if there is no text, or it is no generation.
 */
export function parseGeneration(
  text: string | undefined,
  max = MAX_GENERATION,
): Generation | undefined {
  const number = Number(text);
  // One spelling only: no sign, exponent, fraction or leading zero.
  return isGeneration(number) && number <= max && String(number) === text ? number : undefined;
}

/** Refuses a number that is no generation. */
export function checkGeneration(generation: Generation): void {
  if (isGeneration(generation)) return;
  throw new RangeError(
    `Cannot use generation ${quote(generation)}: it is not an integer from 1 to ${MAX_GENERATION}`,
  );
}

function isGeneration(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= MAX_GENERATION;
}
