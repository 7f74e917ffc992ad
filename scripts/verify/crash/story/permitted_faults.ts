/**
 * The second invariant: where nobody but this store has changed the files, a load finds nothing
 * wrong with them, no file is kept aside and there is no conflict.
 *
 * Three faults are permitted, because the very crash that is simulated makes them:
 *
 * 1. A journal whose last record was not written to the end, if a commit had begun that did not end.
 *    The record is the one in flight; the load must say that it has cut it.
 * 2. A missing main, if a commit had begun that did not end, and either a rename falls apart, so that
 *    for a moment nothing has main's name, or no main was there before. The load takes the
 *    complete temporary file or the backup, and must say that this is not main.
 * 3. A temporary file that is not complete, where there is no main: the load looks at the temporary
 *    files then, and says why it has passed one over.
 */
import type { FileFault, LoadOutcome } from "../../../../mod.ts";
import type { Situation } from "./situation.ts";

/** The first thing about a load that no rule permits, in words; `undefined` if there is none. */
export function unexplained(
  main: string,
  { kind, faults, keptAside }: LoadOutcome,
  situation: Situation,
): string | undefined {
  if (situation.hadStrangers) return undefined;
  const isExplained = kind === "loaded" || kind === "fresh" ||
    (kind === "recovered" && situation.mayMissMain);
  if (!isExplained) return `the outcome is "${kind}"`;
  if (keptAside.length > 0) return `${keptAside} was kept aside`;
  const permitted = (each: FileFault) =>
    isPermitted(main, each, situation) || (kind !== "loaded" && isTemporary(main, each));
  const fault = faults.find((each) => !permitted(each));
  return fault && `a fault in ${fault.path}: ${fault.reason}`;
}

function isPermitted(
  main: string,
  { path, reason }: FileFault,
  { isUnfinished, mayMissMain }: Situation,
): boolean {
  if (path === `${main}.journal`) return isUnfinished && /was not written to the end/.test(reason);
  return path === main && mayMissMain && reason === "it is missing";
}

function isTemporary(main: string, { path }: FileFault): boolean {
  return path.startsWith(`${main}.`) && path.endsWith(".tmp");
}
