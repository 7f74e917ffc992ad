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

/** Reads a generation from its JSON text; `undefined` if the text is no generation. */
export function parseGeneration(text: string): Generation | undefined {
  if (!/^[1-9][0-9]{0,15}$/.test(text)) return undefined;
  const generation = Number(text);
  return generation <= MAX_GENERATION ? generation : undefined;
}

/** Refuses a number that is no generation. */
export function checkGeneration(generation: Generation): void {
  if (Number.isInteger(generation) && generation >= 1 && generation <= MAX_GENERATION) return;
  throw new RangeError(
    `Cannot use generation ${quote(generation)}: it is not an integer from 1 to ${MAX_GENERATION}`,
  );
}
