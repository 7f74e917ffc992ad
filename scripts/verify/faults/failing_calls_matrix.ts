/** The matrix of failing calls: every fault in every operation, and every crash after it. */
import { type ExploreOptions, MetHere } from "../crash/every_crash.ts";
import { explore, type Wrap } from "../crash/explore.ts";
import { CODES, FailingCalls, type Fault } from "./failing_calls.ts";
import { Attempt, type Misled } from "./failing_calls_attempt.ts";
import type { Expectation } from "../crash/generations.ts";
import { type Operation, OPERATIONS } from "./failing_calls_operations.ts";

/** The result of a case. */
export interface CaseResult {
  /** In words: the operation, the call, and how it failed. */
  readonly name: string;
  /** How many crashes followed that no case of the operation before had met. */
  readonly states: number;
  readonly violation: string | undefined;
  readonly misled: Misled | undefined;
}

/** The calls that an operation makes if nothing fails. */
export async function callsOf(operation: Operation): Promise<readonly string[]> {
  const failing = new FailingCalls(undefined);
  // With no crash: that would take long, and make no other calls.
  const { violation } = await run(operation, undefined, failing, { oneOutOf: Infinity });
  if (violation !== undefined) throw new Error(`${operation.name}: ${violation}`);
  return failing.calls;
}

/** Runs all cases of an operation, or those that are picked. */
export async function* runCases(
  operation: Operation,
  picks: (index: number, call: string, fault: Fault) => boolean = () => true,
): AsyncGenerator<CaseResult> {
  const met = new MetHere();
  let index = 0;
  for (const [at, call] of (await callsOf(operation)).entries()) {
    for (const fault of faultsAt(at)) {
      if (!picks(index++, call, fault)) continue;
      const { code = "no code", when, lasts } = fault;
      const name = `${operation.name}: ${call} (call ${at}) ${code} ${when} ${lasts}`;
      yield { name, ...await run(operation, fault, new FailingCalls(fault), { met }) };
    }
  }
}

function* faultsAt(at: number): Generator<Fault> {
  for (const code of CODES) {
    for (const when of ["before", "after"] as const) {
      for (const lasts of ["once", "spell", "for ever"] as const) yield { at, code, when, lasts };
    }
  }
}

async function run(
  operation: Operation,
  fault: Fault | undefined,
  failing: FailingCalls,
  options: ExploreOptions<Expectation>,
): Promise<Omit<CaseResult, "name">> {
  let misled: Misled | undefined;
  const { states, first } = await explore({
    ...operation,
    start: startOf(operation, fault),
    fault: (fs) => failing.wrap(fs, wrapOf(operation, failing)?.(fs)),
    async work(world) {
      let struckAt = 0;
      failing.onStrike = () => struckAt = world.moments.length;
      const attempt = new Attempt(world, operation, fault, failing);
      await attempt.run();
      misled = attempt.misled;
      // Other tests explore the calls before the fault.
      world.moments.splice(0, struckAt);
    },
    splitRename: false,
    depth: 1,
  }, options);
  return { states, violation: first && `${first.what}\n${first.story.join("\n")}`, misled };
}

/** A second fault of the disk, permanent or for the time of the operation. */
function wrapOf({ wrap, trouble }: Operation, failing: FailingCalls): Wrap | undefined {
  return trouble?.(() => failing.isArmed) ?? wrap;
}

/**
 * A caller who asks to put unusable files aside, on a device that says of each that it cannot be
 * read, starts with less, as asked. The files are there under other names.
 */
function startOf({ start, resets }: Operation, fault: Fault | undefined): Expectation {
  const isUnreadable = fault?.code === "EIO" && fault.lasts !== "once";
  return resets && isUnreadable ? { ...start, flying: [0, 1] } : start;
}

/** How many cases there are. */
export async function countCases(): Promise<number> {
  let calls = 0;
  for (const operation of OPERATIONS) calls += (await callsOf(operation)).length;
  return casesOf(calls);
}

/** How many cases so many calls have. */
export function casesOf(calls: number): number {
  return calls * [...faultsAt(0)].length;
}

/** The violation in a case, in words; `undefined` if there is none. */
export function faultOf(result: CaseResult): string | undefined {
  if (result.violation !== undefined) return result.violation;
  if (result.misled !== undefined && !isExcused(result)) return `misled: ${result.misled}`;
}

/**
 * Two errors make a load go on with less than the last acknowledged, and say so in its outcome:
 *
 * - ENOENT. A store cannot find out that this answer is wrong. When the file
 *   turns up, it is a conflict. A sync that says so makes the store read anew.
 * - EIO. The device says that the content is lost; the backup is what clause L2 asks for. The file
 *   is kept aside, not overwritten.
 *
 * Every other error, of permission and of resources above all, says nothing about the file.
 */
function isExcused({ name, misled }: CaseResult): boolean {
  return misled === "warned" &&
    (/^(load|onCorrupt|read).*: (readFile|readLink|readDirectory|stat) .* (ENOENT|EIO) /.test(
      name,
    ) ||
      /^(load|onCorrupt|read).*: sync(File|Directory) .* ENOENT .* spell$/.test(name));
}
