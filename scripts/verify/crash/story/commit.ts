import type { LocalFileOffsetStore } from "../../../../mod.ts";
import type { SimulatedDisk } from "../../disk/simulated_disk.ts";
import { systemError } from "../../disk/system_error.ts";
import type { Call } from "./interceptor.ts";
import { judge, landAtOnce } from "./judge_commit.ts";
import { accepted, begun, type Situation, tagsOfChange } from "./situation.ts";
import type { Actor, Stage } from "./stage.ts";
import type { Commit, Interruption, Step } from "./story.ts";
import { queueOf } from "../generations.ts";
import { isSame, type Table } from "./table.ts";

/** How a commit ended. */
export type Outcome =
  | { readonly is: "acknowledged"; /** How many calls it had made. */ readonly after: number }
  | { readonly is: "rejected"; readonly error: unknown }
  | { readonly is: "killed" };

/** A commit under way, and what is known when it begins. */
export interface CommitRun {
  readonly number: number;
  readonly step: Commit;
  readonly actor: Actor;
  readonly merges: boolean;
  /** Whether there is something to write. */
  readonly isTouched: boolean;
  readonly begin: Situation;
  /** The table of the file; `undefined` if main cannot be used. */
  readonly before: Table | undefined;
  /** Owner, group and mode of main. */
  readonly rights: string | undefined;
  /** The tables that it may write; none if another process has changed the file and it must fail. */
  readonly targets: readonly Table[];
  /** The disk, if somebody else acts in the middle. */
  readonly diskBefore: SimulatedDisk | undefined;
  /** Puts back what a deletion took out of the model's memory. */
  readonly putBack: () => void;
  /** Whether somebody else has acted in the middle. */
  isDisturbed: boolean;
  /** The table of the file at that time, if it differs from the one before. */
  theirs?: { readonly table: Table | undefined };
}

export type Perform = (stage: Stage, step: Step) => Promise<void>;

/** Performs a commit, interrupted or not, and judges what comes of it. */
export async function commit(stage: Stage, step: Commit, perform: Perform): Promise<void> {
  const actor = stage.actors.get(step.who);
  if (actor === undefined) return;
  const run = await begin(stage, step, actor);
  actor.interceptor.reset();
  if (step.but !== undefined) interrupt(stage, run, step.but, perform);
  const outcome = await outcomeOf(stage, run);
  await stage.quiet();
  actor.interceptor.disarm();
  await judge(stage, run, outcome);
  stage.mark();
}

async function begin(stage: Stage, step: Commit, actor: Actor): Promise<CommitRun> {
  const { model, settings } = actor;
  const gone = step.do === "delete" ? step.queue : undefined;
  const putBack = gone === undefined ? () => {} : model.remove(gone);
  const merges = settings.onConflict === "merge";
  const before = await stage.seenBy(actor);
  const targets = model.targets(before, merges, gone);
  if (merges && actor.isMainBad && before !== undefined) targets.push(model.merging(before, gone));
  // With nothing to write it may leave the file as it is.
  if (!model.isTouched && before !== undefined && merges) targets.push(before);
  const run: CommitRun = {
    ...{ number: ++stage.commits, step, actor, merges, isTouched: model.isTouched },
    ...{ begin: stage.situation, before, targets, putBack },
    rights: stage.rightsOfMain,
    isDisturbed: false,
    diskBefore: typeof step.but?.what === "object" ? stage.disk.clone() : undefined,
  };
  stage.situation = begun(stage.situation, run.number, targets, stage.isMainThere);
  stage.tag(...targets.flatMap((table) => tagsOfChange(before, table)));
  stage.mark();
  return run;
}

function interrupt(
  stage: Stage,
  run: CommitRun,
  { call: kind, nth, what }: Interruption,
  perform: Perform,
): void {
  const { interceptor, who } = run.actor;
  interceptor.arm(kind, nth, async (effect, call) => {
    if (what === "kill") {
      stage.tag("kill in a commit");
      interceptor.kill();
      return await effect();
    }
    if (what === "fails" || what === "fails late") {
      stage.tag("failed call");
      stage.tell(`${who}: ${call.kind} ${call.path} ${what}`);
      if (what === "fails late") await effect();
      else failSync(run.actor, call);
      throw systemError("EIO", call.kind, call.path);
    }
    await actInTheMiddle(stage, run, what, perform);
    return await effect();
  });
}

/** Pending blocks may have reached the disk or not, and no later fsync tells. */
function failSync({ fs }: Actor, { kind, path }: Call): void {
  if (!/sync/i.test(kind)) return;
  try {
    fs.failSync(path);
  } catch {
    // The file has that name no longer, and nobody will look for it.
  }
}

async function actInTheMiddle(
  stage: Stage,
  run: CommitRun,
  step: Step,
  perform: Perform,
): Promise<void> {
  if ("who" in step && step.who === run.actor.who) return;
  const before = await stage.visible();
  const undone = stage.story.splitRename ? accepted(stage.situation) : [];
  stage.diskBeforeCommit = run.diskBefore;
  await perform(stage, step);
  stage.diskBeforeCommit = undefined;
  const table = await stage.visible();
  if (step.do === "open") return;
  run.isDisturbed = true;
  // Neither can tell which of the two was first, so that either may keep a journal aside.
  stage.change({ hadStrangers: true });
  // The rename that comes next may remove what they wrote before it puts its own file there.
  stage.change({ undone: [...stage.situation.undone, ...undone] });
  if (before !== undefined && table !== undefined && isSame(before, table)) return;
  run.theirs = { table };
  if (!run.merges) return;
  const { model } = run.actor;
  const gone = run.step.do === "delete" ? run.step.queue : undefined;
  const targets = model.targets(table, true, gone);
  stage.situation = begun(stage.situation, run.number, targets, stage.isMainThere);
}

async function outcomeOf(stage: Stage, run: CommitRun): Promise<Outcome> {
  const { store, interceptor } = run.actor;
  const acknowledged = (): Outcome => {
    // Work that goes on after the commit is no part of it; only failures and kills interrupt that work.
    if (typeof run.step.but?.what === "object") interceptor.disarm();
    landAtOnce(stage, run);
    return { is: "acknowledged", after: interceptor.calls.length };
  };
  const rejected = (error: unknown): Outcome => ({ is: "rejected", error });
  return await Promise.race([
    call(store, run.step).then(acknowledged, rejected),
    interceptor.killed.then((): Outcome => ({ is: "killed" })),
  ]);
}

function call(store: LocalFileOffsetStore, step: Commit): Promise<void> {
  switch (step.do) {
    case "persist":
      return store.persist();
    case "close":
      return store.close();
    case "delete":
      return store.deleteDurable(queueOf(step.queue));
  }
}
