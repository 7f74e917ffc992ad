import assert from "node:assert/strict";
import { basename } from "node:path";
import type { Call } from "../support/faulty_file_system.ts";
import { type DiskProcess, JOURNAL, MAIN } from "./disk_process.ts";

/** Enough for any one operation on a small table; more is a loop. */
const MOST_CALLS = 500;

/** One call of a process, by its number among those that come after `arm`. */
export class Moment {
  readonly #index: number;
  /** All calls since `arm`, pauses left out. */
  readonly #calls: Call[] = [];

  constructor(index: number) {
    this.#index = index;
  }

  /** The call before which something was done; `undefined` if the process made too few. */
  get call(): Call | undefined {
    return this.#calls[this.#index];
  }

  /**
   * Whether what somebody else did at this moment was hidden from the process: that replaced main, or
   * began a journal, after the last look and before main was renamed. No system call looks and
   * renames. An append to a journal shows once the journal is to be removed.
   */
  hides(acts: readonly string[]): boolean {
    return this.isBetweenLookAndRename() &&
      (acts.includes(`rename ${MAIN}`) || acts.includes(`create ${JOURNAL}`));
  }

  /** Whether only looks lie between this moment and the replacement of main, and one before it. */
  isBetweenLookAndRename(): boolean {
    const next = this.#calls.slice(this.#index).find(({ name }) => name !== "stat");
    if (next?.name !== "rename" || next.path !== MAIN) return false;
    return this.call === next || this.#calls[this.#index - 1]?.name === "stat";
  }

  /** Has `act` run before that call; until it ends, the whole process stands still. */
  arm({ system }: DiskProcess, act: (call: Call) => Promise<unknown> | void): void {
    let acting: Promise<void> | undefined;
    const run = async (call: Call) => {
      await act(call);
      acting = undefined;
    };
    system.before = (call) => {
      if (acting !== undefined) return acting;
      // Time that passes is no call.
      if (call.name === "pause" || this.#calls.push(call) !== this.#index + 1) return;
      return acting = run(call);
    };
  }

  toString(): string {
    if (this.call === undefined) return "after its last call";
    return `before its call ${this.#index}, ${this.call.name} ${basename(this.call.path)}`;
  }
}

/**
 * Tells a story again and again, with something done before another call each time: the first, the
 * second, and so on, and at last after all of them.
 */
export async function atEachCall(story: (moment: Moment) => Promise<void>): Promise<void> {
  for (let index = 0;; index++) {
    assert.ok(index < MOST_CALLS, "the story has no end");
    const moment = new Moment(index);
    await story(moment);
    if (moment.call === undefined) {
      assert.ok(index > 0, "the story has no call");
      return;
    }
  }
}
