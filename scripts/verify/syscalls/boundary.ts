import { MARKS } from "./probe.ts";
import type { TracedCall } from "./strace.ts";

/** A system call of a load, a persist or a close, before which the world may end. */
export interface Boundary {
  readonly phase: (typeof PHASES)[number] | "close";
  /** The number of the call of the store's file system that makes it. */
  readonly step: number;
  readonly call: string;
  readonly targets: readonly string[];
  readonly thread: Thread;
  /** Which of the same calls of such a thread it is in that step, from 1. */
  readonly occurrence: number;
}

/** The one that runs the program, or one of those that a runtime gives calls of files to. */
export type Thread = "main" | "other";

/** The phases that make calls in any case; a close with nothing to write makes none. */
const PHASES = ["load", "persist"] as const;

/**
 * The boundaries of a run that nothing disturbed.
 *
 * @throws {Error} If a load or a persist has none: a trace that saw nothing would show nothing.
 */
export function boundariesOf(calls: readonly TracedCall[]): Boundary[] {
  let phase: Boundary["phase"] = "load";
  // The program makes the marks itself.
  const main = calls.find(({ targets }) => targets.includes(MARKS.step))?.thread;
  let step = 0;
  const boundaries: Boundary[] = [];
  for (const traced of calls) {
    const { name: call, targets } = traced;
    if (targets.includes(MARKS.step)) step++;
    else if (targets.includes(MARKS.persist)) phase = "persist";
    else if (targets.includes(MARKS.close)) phase = "close";
    else {
      const alike = boundaries.filter((each) =>
        each.step === step && isSameCall(each, traced, main)
      );
      const thread = threadOf(traced, main);
      boundaries.push({ phase, step, call, targets, thread, occurrence: alike.length + 1 });
    }
  }
  for (const phase of PHASES) {
    if (boundaries.some((boundary) => boundary.phase === phase)) continue;
    throw new Error(`Cannot find the boundaries: the trace has no call of a ${phase}`);
  }
  return boundaries;
}

/** Whether a boundary is such a call, given the main thread's id. */
export function isSameCall(boundary: Boundary, traced: TracedCall, main?: string): boolean {
  return boundary.thread === threadOf(traced, main) &&
    [boundary.call, ...boundary.targets].join() === [traced.name, ...traced.targets].join();
}

function threadOf({ thread }: TracedCall, main: string | undefined): Thread {
  return thread === main ? "main" : "other";
}
