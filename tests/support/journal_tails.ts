/** Records and damage that may follow the first line of a journal. */
import { recordOf } from "./journal_lines.ts";
import { queue, tableOf } from "./store_directory.ts";

/** A journal's bytes behind its first line, and how a reader judges them. */
export interface Tail {
  readonly records: readonly string[];
  readonly rest?: string;
  readonly damage: "none" | "torn" | "corrupt";
  /** Whether the snapshot holds all offsets in it, or greater ones. */
  readonly isHeld: boolean;
}

/** A snapshot of queues 0 and 1 at 5. */
export const TABLE = tableOf(5, 5);
/** Records that hold less than the snapshot, as much, and more. */
export const [LOWER, EQUAL, GREATER, UNKNOWN] = [[0, 4n], [1, 5n], [0, 6n], [7, 1n]].map((
  [id, offset],
) => recordOf([[queue(Number(id)), BigInt(offset)]]));

/** What may follow the first line of a journal, beside the snapshot `TABLE`. */
export const TAILS: Record<string, Tail> = {
  "no record": { records: [], damage: "none", isHeld: true },
  "records that the snapshot holds": { records: [LOWER, EQUAL], damage: "none", isHeld: true },
  "a greater offset": { records: [LOWER, GREATER], damage: "none", isHeld: false },
  "an unknown queue": { records: [UNKNOWN], damage: "none", isHeld: false },
  "a greater offset, then a lower": { records: [GREATER, LOWER], damage: "none", isHeld: true },
  "a torn record": { records: [GREATER], rest: "12345678 {", damage: "torn", isHeld: false },
  "only a torn record": { records: [], rest: GREATER.slice(1), damage: "torn", isHeld: true },
  "two bad lines": { records: [GREATER], rest: "x\ny\n", damage: "corrupt", isHeld: false },
  "a bad line before a good one": {
    records: [LOWER],
    rest: `x\n${GREATER}`,
    damage: "corrupt",
    isHeld: true,
  },
  "a line that is no record": {
    records: [LOWER],
    rest: "00000000 \n",
    damage: "corrupt",
    isHeld: true,
  },
};
