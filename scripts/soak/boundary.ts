import { MARKS } from "./probe.ts";
import type { TracedCall } from "./strace.ts";

/** A system call of a load, a persist or a close, before which the world may end. */
export interface Boundary {
  readonly phase: (typeof PHASES)[number];
  /** The number of the call of the store's file system that makes it. */
  readonly step: number;
  readonly call: string;
  readonly targets: readonly string[];
  /** Which of those with the same call and targets it is in that step, from 1. */
  readonly occurrence: number;
}

export const PHASES = ["load", "persist", "close"] as const;

/**
 * The boundaries of a run that nothing disturbed.
 *
 * @throws {Error} If a phase has none: a trace that saw nothing would show nothing.
 */
export function boundariesOf(calls: readonly TracedCall[]): Boundary[] {
  let phase: Boundary["phase"] = "load";
  let step = 0;
  const boundaries: Boundary[] = [];
  for (const { name: call, targets } of calls) {
    if (targets.includes(MARKS.step)) step++;
    else if (targets.includes(MARKS.persist)) phase = "persist";
    else if (targets.includes(MARKS.close)) phase = "close";
    else {
      const alike = boundaries.filter((each) =>
        each.step === step && isSameCall(each, call, targets)
      );
      boundaries.push({ phase, step, call, targets, occurrence: alike.length + 1 });
    }
  }
  for (const phase of PHASES) {
    if (boundaries.some((boundary) => boundary.phase === phase)) continue;
    throw new Error(`Cannot find the boundaries: the trace has no call of a ${phase}`);
  }
  return boundaries;
}

/** Whether a boundary is such a call. */
export function isSameCall(boundary: Boundary, call: string, targets: readonly string[]): boolean {
  return [boundary.call, ...boundary.targets].join() === [call, ...targets].join();
}
