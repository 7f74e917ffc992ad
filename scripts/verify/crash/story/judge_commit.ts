import { OffsetConflictError, OffsetPersistError } from "../../../../mod.ts";
import type { CommitRun, Outcome } from "./commit.ts";
import { allowedTables, hasRenamed, hasWritten } from "./allowed_tables.ts";
import { acknowledged, ended, settled } from "./situation.ts";
import { demand, type Stage } from "./stage.ts";
import { fromOffsetTable, isAmong, isSame, type Table, textOf } from "./table.ts";

/** Judges what came of a commit, and what is expected from then on. */
export async function judge(stage: Stage, run: CommitRun, outcome: Outcome): Promise<void> {
  const { actor, step, number } = run;
  const what = `${step.who}'s ${step.do}`;
  switch (outcome.is) {
    case "killed":
      stage.tell(`-- ${what} ends with its process`);
      stage.situation = ended(stage.situation, number, false);
      stage.kill(step.who);
      return;
    case "acknowledged":
      stage.tell(`-- ${what} is acknowledged`);
      await judgeAcknowledged(stage, run, outcome.after);
      // Work after the commit may be interrupted, and is then not finished.
      if ((actor.interceptor.firedAt ?? -1) < outcome.after) {
        stage.situation = settled(run.begin, stage.situation, hasWritten(run));
      }
      if (step.do === "close") checkSilence(run, outcome.after);
      if (step.do === "close" || actor.interceptor.isKilled) return stage.kill(step.who);
      break;
    case "rejected":
      stage.tell(`-- ${what} fails: ${(outcome.error as Error).message}`);
      judgeRejected(stage, run, outcome.error);
  }
  checkMemory(run, outcome.is);
}

/** Of one that nobody has interfered with, what the file holds is known when it is acknowledged. */
export function landAtOnce(stage: Stage, run: CommitRun): void {
  if (isPlain(run)) land(stage, run, run.targets[0], run.targets);
}

function isPlain({ theirs, targets }: CommitRun): boolean {
  return theirs === undefined && targets.length === 1;
}

async function judgeAcknowledged(stage: Stage, run: CommitRun, after: number): Promise<void> {
  if (isPlain(run)) return;
  const { before, merges, actor: { model } } = run;
  if (!run.isTouched && !hasWritten(run)) {
    // It had nothing to write, and may have merged what others wrote, or not.
    if (merges && before !== undefined && model.isForeign(before)) model.mayKnow(before);
    stage.situation = ended(stage.situation, run.number, true);
    return;
  }
  const { allowed, written } = allowedTables(run, after);
  const now = await stage.visible();
  // A stranger has destroyed main after it was replaced: what is left is the stranger's affair.
  if (now === undefined) return void (stage.situation = ended(stage.situation, run.number, false));
  demand(isAmong(allowed, now), () => {
    const should = allowed.map(textOf).join(" or ");
    return `${run.step.do} was acknowledged, and the file holds ${
      textOf(now)
    } instead of ${should}`;
  });
  land(stage, run, now, written);
}

/** From now on a load must answer this table, if the commit can know that. */
function land(stage: Stage, run: CommitRun, table: Table, written: readonly Table[]): void {
  const { actor, number, before, isTouched, theirs } = run;
  const wrote = hasWritten(run);
  const { model } = actor;
  if (isUnaware(stage, run)) stage.situation = ended(stage.situation, number, !wrote);
  else {
    const { undone } = stage.situation;
    stage.situation = acknowledged(stage.situation, number, table);
    // A power cut may take back what somebody else has done to main after the commit replaced it.
    if (theirs !== undefined) stage.change({ undone });
    const isOthers = before === undefined || model.isForeign(before);
    const hasSynced = theirs === undefined && (wrote || (isTouched && !isOthers));
    if (hasSynced) stage.change({ isUnsynced: false });
  }
  if (isTouched || wrote) {
    if (run.merges && before !== undefined && model.isForeign(before)) model.merged([before]);
    // If somebody else has written after it, it does not know.
    model.acknowledged(isAmong(written, table) ? [table] : written);
  }
  if (!wrote) return;
  checkLeftovers(stage, run);
  if (hasRenamed(run)) {
    checkRights(stage, run);
    actor.isUnaware = false;
  }
  for (const each of stage.actors.values()) each.isMainBad = false;
}

/**
 * Whether an acknowledgement decides nothing. One that wrote nothing does not if there was nothing
 * to write, or no main. And one that has not replaced main does not if a failed fsync of another
 * process has left that in doubt, which it cannot know.
 */
function isUnaware({ disk, isMainThere }: Stage, run: CommitRun): boolean {
  const { actor, isTouched } = run;
  if (!hasWritten(run) && !(isTouched && isMainThere)) return true;
  return !hasRenamed(run) && disk.isInDoubt && actor.isUnaware && !actor.model.hasFailed;
}

function judgeRejected(stage: Stage, run: CommitRun, error: unknown): void {
  const { step, actor, before, merges, isTouched, targets } = run;
  run.putBack();
  const isConflict = error instanceof OffsetConflictError;
  demand(isConflict || error instanceof OffsetPersistError, () => `an error escaped: ${error}`);
  const isOthers = before === undefined || actor.model.isForeign(before);
  if (isConflict) {
    const mayBeOthers = isOthers ||
      (stage.situation.hadStrangers && actor.model.mayBeForeign(before));
    const mayRefuse = (mayBeOthers && !merges) || run.isDisturbed;
    demand(mayRefuse, () => `it was refused, though nobody else has written: ${error.message}`);
    const isNeedless = step.do === "close" && !isTouched && !run.isDisturbed;
    demand(!isNeedless, () => `it has nothing to write, and cannot be closed: ${error.message}`);
  } else {
    const { firedAt } = actor.interceptor;
    demand(firedAt !== undefined, () => `it failed without a reason: ${error.message}`);
  }
  const isPrevious = isConflict ? !run.isDisturbed : error.onDisk === "previous";
  // Where no main is, a temporary file whose removal a power cut has undone may count.
  stage.situation = ended(stage.situation, run.number, isPrevious && stage.isMainThere);
  if (!isPrevious) actor.model.failed(targets);
}

/** Memory holds what it held, and what was merged into it. */
function checkMemory(run: CommitRun, outcome: Outcome["is"]): void {
  const { actor, before, theirs, merges, isTouched } = run;
  const held = fromOffsetTable(actor.store.snapshot());
  if (isSame(actor.model.memory, held)) return;
  // A merge that was interrupted may have come so far, or not.
  const read = [before, theirs?.table].filter((table) => table !== undefined);
  const isOpen = outcome === "rejected" || theirs !== undefined || !isTouched ||
    run.targets.length > 1;
  const choices = merges && isOpen ? [...read.map((table) => [table]), read] : [];
  const model = choices.map((tables) => {
    const guess = actor.model.copy();
    guess.merged(tables);
    return guess;
  }).find(({ memory }) => isSame(memory, held));
  demand(
    model !== undefined,
    () => `memory holds ${textOf(held)} instead of ${textOf(actor.model.memory)}`,
  );
  actor.model = model;
}

/** A commit that nothing has interfered with leaves no temporary file (P8). */
function checkLeftovers(stage: Stage, { actor: { interceptor } }: CommitRun): void {
  if (interceptor.firedAt !== undefined) return;
  const made = interceptor.calls.filter(({ kind }) => kind === "create" || kind === "link");
  const left = made.find(({ path }) => path.endsWith(".tmp") && stage.isThere(path));
  demand(left === undefined, () => `the commit has left ${left?.path}`);
}

/** A new main has owner, group and mode of the one that it replaces (O1). */
function checkRights({ rightsOfMain: now }: Stage, { rights, isDisturbed }: CommitRun): void {
  if (isDisturbed || rights === undefined) return;
  demand(now === rights, () => `main belonged to ${rights}, and now to ${now}`);
}

/** After a close that was acknowledged, its process makes no call any more, and has no file open (C1). */
function checkSilence({ actor }: CommitRun, after: number): void {
  const { calls, openFiles } = actor.interceptor;
  demand(calls.length === after, () => `after close() it went on: ${calls[after].kind}`);
  demand(openFiles.size === 0, () => `after close() it has ${[...openFiles]} open`);
}
