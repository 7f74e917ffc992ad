import type { CommitRun } from "./commit.ts";
import type { Call } from "./interceptor.ts";
import { demand, Violation } from "./stage.ts";
import { isSame, type Table, textOf } from "./table.ts";

/**
 * The tables that the file may hold after an acknowledged commit with a number of calls, and the
 * tables that the commit may have written.
 */
export function allowedTables(
  run: CommitRun,
  after: number,
): { readonly allowed: Table[]; readonly written: Table[] } {
  const { before, theirs, merges, actor, step } = run;
  const targets = [...run.targets];
  const isUnchanged = (table: Table) => before !== undefined && isSame(table, before);
  if (theirs === undefined && targets.length === 0) {
    throw new Violation(overwritten(run, before));
  }
  if (theirs?.table === undefined) return { allowed: targets, written: targets };
  const { table } = theirs;
  const { firedAt } = actor.interceptor;
  const calls = actor.interceptor.calls.slice(0, after);
  const renamed = calls.findIndex(isRename);
  const isNoticed = firedAt! <= lastLook(calls, renamed === -1 ? endOf(calls) : renamed);
  // They have replaced what the commit had put there.
  const isAfter = renamed !== -1 && firedAt! > renamed;
  if (isUnchanged(table) && !merges && !isAfter) return { allowed: targets, written: targets };
  if (merges) {
    const gone = step.do === "delete" ? step.queue : undefined;
    // A compaction behind the commit may have noticed it, and merged it over what the commit wrote.
    const merged = [...actor.model.targets(table, true, gone), actor.model.merging(table, gone)];
    if (isNoticed) return { allowed: merged, written: merged };
    const others = isAfter ? [table] : [table, ...targets];
    return { allowed: [...merged, ...others], written: [...merged, ...targets] };
  }
  if (isAfter) return { allowed: [table], written: targets };
  if (!isNoticed) return { allowed: [table, ...targets], written: targets };
  demand(targets.every(isUnchanged), () => overwritten(run, table));
  return { allowed: [table], written: targets };
}

function overwritten({ step }: CommitRun, theirs: Table | undefined): string {
  const table = theirs === undefined ? "made main unusable" : `written ${textOf(theirs)}`;
  return `${step.do} was acknowledged, though somebody else had ${table}`;
}

const LOOKS = ["stat", "readFile", "readLink", "readDirectory"];

/**
 * The first of the looks that come right before a call, or its own place if none does: a change that
 * comes before it must be noticed (P9), a later one may slip in between the looks and the call.
 */
function lastLook(calls: readonly Call[], index: number): number {
  while (index > 0 && LOOKS.includes(calls[index - 1].kind)) index--;
  return index;
}

/** Where the calls end, but for those that release the lock. */
function endOf(calls: readonly Call[]): number {
  return 1 +
    calls.findLastIndex(({ kind, path }) => LOOKS.includes(kind) || !/\.lock\b/.test(path));
}

function isRename({ kind, path }: Call): boolean {
  return kind === "rename" && /[\\/]offsets?\.json$/.test(path);
}

/** Whether a commit has replaced main. */
export function hasRenamed({ actor: { interceptor } }: CommitRun): boolean {
  return interceptor.calls.some(isRename);
}

/** Whether a commit has written a snapshot or a record. */
export function hasWritten(run: CommitRun): boolean {
  const { calls } = run.actor.interceptor;
  const appends = ({ kind, path }: Call) => kind === "write" && path.endsWith(".journal");
  return hasRenamed(run) || calls.some(appends);
}
