import type { MessageQueue, Offset } from "../../../mod.ts";
import type { OptionShapes } from "../../lib/words.ts";
import { quote } from "../../lib/escape.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import { parseOffset } from "../command_line/parse_values.ts";
import { latestSeen } from "../reading/latest_seen.ts";
import { describe } from "./select_queues.ts";

/** The options that say where a queue is to be. */
export const TARGET_OPTIONS: OptionShapes = {
  "to-earliest": { help: "offset 0: the consumer begins with the oldest message that is there" },
  "to-offset": { value: "N", help: "this offset" },
  "shift-by": { value: "±N", help: "so many messages forward, or back: --shift-by=-100" },
  "to-latest-seen": { help: "the greatest offset in main, journal, backup and undo files" },
};

/** Where queues are to be. */
export interface ResetTarget {
  /** The offset of a queue. */
  readonly of: (mq: MessageQueue, from: Offset) => Offset;
  /** Whether the option itself says that offsets may go down. */
  readonly lowering: "refused" | "wanted";
}

/** Where the options say that the queues of a file are to be. */
export async function resetTarget(args: Args, path: string): Promise<ResetTarget> {
  const given = Object.keys(TARGET_OPTIONS).filter((name) => args.flag(name));
  if (given.length !== 1) {
    const all = Object.keys(TARGET_OPTIONS).map((name) => `--${name}`).join(", ");
    args.fail(`it needs one of ${all}`);
  }
  switch (given[0]) {
    case "to-earliest":
      return { of: () => 0n, lowering: "wanted" };
    case "to-offset": {
      const to = parseOffset(args, args.required("to-offset"));
      return { of: () => to, lowering: "refused" };
    }
    case "shift-by": {
      const shift = parseShift(args, args.required("shift-by"));
      const of = (mq: MessageQueue, from: Offset) => shifted(path, mq, from, shift);
      return { of, lowering: "wanted" };
    }
    default: {
      const seen = await latestSeen(path);
      return { of: (mq, from) => seen.get(mq) ?? from, lowering: "refused" };
    }
  }
}

function parseShift(args: Args, text: string): bigint {
  if (/^[+-]?[0-9]{1,19}$/.test(text)) return BigInt(text.replace(/^\+/, ""));
  args.fail(`the shift ${quote(text)} is not a whole number, such as 100 or -100`);
}

const GREATEST = 2n ** 63n - 1n;

/** Before the first message there is nothing to go back to. */
function shifted(path: string, mq: MessageQueue, from: Offset, shift: bigint): Offset {
  const to = from + shift;
  if (to <= GREATEST) return to < 0n ? 0n : to;
  throw new CommandError(
    `Cannot shift offsets in ${quote(path)}: ${describe(mq)} at ${from} would be beyond int64`,
    `The greatest offset is ${GREATEST}: shift by less.`,
    { code: "refused", path },
  );
}
