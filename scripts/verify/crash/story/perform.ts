import { parse } from "../../../../mod.ts";
import { decode } from "../../../../src/core/mod.ts";
import { locate } from "../../disk/locate.ts";
import { keyOf, powerCuts } from "../../disk/power_cuts.ts";
import type { SimulatedDisk } from "../../disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../disk/simulated_file_system.ts";
import { queueOf } from "../generations.ts";
import { commit } from "./commit.ts";
import { open } from "./open.ts";
import { accepted } from "./situation.ts";
import { demand, type Stage, Violation } from "./stage.ts";
import type { Step, Stranger, Who } from "./story.ts";
import { describe } from "./story_text.ts";
import { tool } from "./tool.ts";
import { fromOffsetTable, type Table, textOf } from "./table.ts";
import { strangerActs } from "./strangers.ts";

/** How many outcomes of a power cut a story chooses from. */
const CUTS = 16;

/** Performs a step; one of a process that is not there does nothing, so that any step can be dropped. */
export async function perform(stage: Stage, step: Step): Promise<void> {
  stage.tell(`-- ${describe(step)}`);
  switch (step.do) {
    case "open":
      await open(stage, step);
      break;
    case "persist":
    case "close":
    case "delete":
      await commit(stage, step, perform);
      break;
    case "stranger":
      await stranger(stage, step);
      break;
    case "tool":
      await tool(stage, step.table);
      break;
    case "kill":
      stage.kill(step.who);
      break;
    case "cut":
      cutPower(stage, step.pick);
      break;
    case "wait":
      await stage.fileSystem().pause(step.ms);
      break;
    case "read":
      await read(stage, step.who, step.queue);
      break;
    default:
      change(stage, step);
  }
  if (stage.complaint !== undefined) throw new Violation(stage.complaint);
}

/** Changes the memory of a process. */
function change(stage: Stage, step: Step & { readonly queue: number; readonly who: Who }): void {
  const actor = stage.actors.get(step.who);
  if (actor === undefined) return;
  const { store, model } = actor;
  const mq = queueOf(step.queue);
  switch (step.do) {
    case "set":
    case "raise":
      store.update(mq, step.offset, step.do === "raise");
      return model.set(step.queue, step.offset, step.do === "raise");
    case "freeze":
      store.updateAndFreeze(mq, step.offset);
      return model.freeze(step.queue, step.offset);
    case "remove":
      store.remove(mq);
      model.remove(step.queue);
  }
}

/** A read from the store answers what the file says (R1), and what it showed must not be lost. */
async function read(stage: Stage, who: Who, queue: number): Promise<void> {
  const actor = stage.actors.get(who);
  const visible = actor && await stage.seenBy(actor);
  if (actor === undefined || visible === undefined) return;
  const found = Number(await actor.store.read(queueOf(queue), "store"));
  demand(
    found === (visible.get(queue) ?? -1),
    () => `a read from the store answered ${found}, and the file holds ${textOf(visible)}`,
  );
  if (found !== -1) actor.model.adopt(queue, found);
  stage.change({ isUnsynced: false });
  stage.mark();
}

async function stranger(stage: Stage, { act, table }: Stranger): Promise<void> {
  const { situation, actors } = stage;
  const fs = stage.fileSystem();
  // Of what was not synced before the cut, a power cut may leave anything.
  if (act === "truncate" && (situation.isUnsynced || !stage.isMainThere)) return;
  const backup = await tableIn(stage, ".bak", stage.diskBeforeCommit ?? stage.disk);
  const alone = await tableIn(stage, "", stage.disk);
  const before = contentOf(stage);
  await strangerActs(fs, act, table);
  stage.change({ hadStrangers: true, isUnsynced: true });
  stage.tag("foreign write");
  // Nobody can tell the same bytes from those that were there, and a journal goes on to extend them.
  if (contentOf(stage) !== before) {
    const isBad = act === "truncate";
    for (const actor of actors.values()) actor.isMainBad = isBad;
    stage.change({
      durable: isBad ? backup ?? situation.durable : table,
      // Commits that go on may still write the tables that they have tried.
      attempts: situation.attempts.filter(({ isOver }) => !isOver),
      // A power cut may take the cut back, with or without the records of the journal.
      undone: isBad ? [...accepted(situation), ...alone === undefined ? [] : [alone]] : [],
      mayRefuse: isBad && backup === undefined,
    });
  }
  stage.mark();
}

/** The content of main, to compare; nothing if there is no main. */
function contentOf({ disk, main, paths, isMainThere }: Stage): string {
  return isMainThere ? keyOf(disk.file(locate(disk, paths, "read", main).ino!).data) : "";
}

/** The table of the backup, or of main without its journal; `undefined` if it is not good. */
async function tableIn(
  { main, paths }: Stage,
  suffix: ".bak" | "",
  disk: SimulatedDisk,
): Promise<Table | undefined> {
  try {
    const { bytes } = await new SimulatedFileSystem(disk.clone(), { paths }).readFile(
      `${main}${suffix}`,
    );
    return fromOffsetTable(parse(decode(bytes)));
  } catch {
    return undefined;
  }
}

/** Ends all processes, and leaves one of the disks that a power cut may leave. */
function cutPower(stage: Stage, pick: number): void {
  if (!stage.mayCutPower) return;
  const cuts = [...powerCuts(stage.disk, CUTS)];
  const { disk, story } = cuts[pick % cuts.length];
  stage.disk = disk;
  for (const who of [...stage.actors.keys()]) stage.kill(who);
  for (const line of story()) stage.tell(line);
  stage.tag("power cut");
  stage.mark();
}
