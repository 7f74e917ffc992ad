/**
 * Work that is done in slices, so that others can have their turn in between: it yields how many
 * queues it has dealt with since it last did.
 *
 * The work is the same however it is driven: `atOnce` does it without a break, and the file store
 * gives the event loop a turn after some slices.
 */
export type Slices<T> = Generator<number, T>;

/** How many queues a loop deals with between two yields: a fraction of a millisecond's work. */
export const SLICE = 256;

/** Does all of the work at once. */
export function atOnce<T>(work: Slices<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
