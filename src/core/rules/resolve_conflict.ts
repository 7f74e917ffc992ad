import { quote } from "../table/message_queue.ts";
import type { Offset } from "../table/offset.ts";

/**
 * What to do about a conflict (clause C4).
 *
 * - `"theirs"`: memory becomes the table of the files; freezes and pending deletions end.
 * - `"mine"`: memory wins; the files keep their offsets of queues that memory lacks.
 * - `"max"`: the greater offset of each queue wins; a frozen queue stays as it is in memory, and the
 *   greater offset is in the file.
 */
export type ConflictChoice = "theirs" | "mine" | "max";

const CHOICES: readonly unknown[] = ["theirs", "mine", "max"];

/** What memory holds of a queue; while it is frozen, updates are ignored (clause U7). */
export interface Held {
  readonly offset: Offset;
  readonly frozen: boolean;
}

/**
 * What becomes of a queue: in memory at once, and in the file by the next persist, unless a deletion of
 * it is pending.
 */
export interface ResolvedQueue {
  readonly memory: Held | undefined;
  readonly file: Offset | undefined;
}

/**
 * The rule of a resolved conflict for one queue.
 *
 * @param choice The choice.
 * @param held What memory holds of the queue.
 * @param theirs What the files hold of it.
 */
export function resolveQueue(
  choice: ConflictChoice,
  held: Held | undefined,
  theirs: Offset | undefined,
): ResolvedQueue {
  if (choice === "theirs") {
    const memory = theirs === undefined ? undefined : { offset: theirs, frozen: false };
    return { memory, file: theirs };
  }
  if (held === undefined) return { memory: undefined, file: theirs };
  if (choice === "mine" || theirs === undefined || theirs <= held.offset) {
    return { memory: held, file: held.offset };
  }
  return { memory: held.frozen ? held : { offset: theirs, frozen: false }, file: theirs };
}

/** Refuses what a caller without a type checker might pass. */
export function checkConflictChoice(choice: unknown): void {
  if (CHOICES.includes(choice)) return;
  throw new TypeError(
    `Cannot resolve a conflict with ${quote(choice)}: it is none of "theirs", "mine", "max"`,
  );
}
