import type { Diagnostic, LocalFileOffsetStore } from "../../../../mod.ts";
import { storeOf } from "../../../../src/file/store/local_file_offset_store.ts";
import { openFiles } from "../../../../src/file/store/open_files.ts";
import { Interceptor } from "./interceptor.ts";
import { Model } from "./model.ts";
import { unexplained } from "./permitted_faults.ts";
import { accepted, loaded } from "./situation.ts";
import { demand, type Stage } from "./stage.ts";
import type { Open, Who } from "./story.ts";
import { fromOffsetTable, isAmong, type Table, textOf } from "./table.ts";

/** Opens a process and checks what it has loaded; from now on that must not be lost. */
export async function open(stage: Stage, { who, with: settings }: Open): Promise<void> {
  stage.kill(who);
  const interceptor = new Interceptor();
  const fs = stage.fileSystem(who);
  let store;
  try {
    const options = {
      ...stage.place,
      ...settings,
      fileSystem: interceptor.wrap(stage.wrap(fs)),
      onDiagnostic: (diagnostic: Diagnostic) => hear(stage, who, diagnostic),
    };
    store = storeOf(await openFiles(options, stage.sabotage), options);
  } catch (error) {
    if (!stage.mayRefuse(error)) throw error;
    stage.tell(`-- ${who} is refused`);
    return;
  }
  const table = checkLoad(stage, who, store);
  if (decides(stage, store)) stage.situation = loaded(stage.situation, table);
  else stage.change({ isUnsynced: false });
  const model = new Model(table);
  const isUnaware = stage.disk.isInDoubt;
  stage.actors.set(who, {
    ...{ who, settings, store, fs, interceptor, model, isUnaware },
    isMainBad: false,
  });
  if (settings.journal) stage.tag("journal");
  if (settings.onConflict === "merge") stage.tag("merge");
  // Those that come after a crash only look beside one another.
  if (stage.actors.has("A") && stage.actors.has("B")) stage.tag("second process");
  stage.mark();
}

/**
 * Whether what the load has answered is what every later one must answer.
 *
 * Not if it was fresh: a temporary file of a commit that has failed may still turn up. And not if it
 * was the temporary file of a first commit that goes on, and that a rename which falls apart may lose:
 * neither process can know of the other. And not if a failed fsync has left the disk in doubt: the
 * load's fsync succeeds without what was to be synced.
 */
function decides({ story, situation, disk }: Stage, store: LocalFileOffsetStore): boolean {
  const goesOn = situation.attempts.some(({ isOver }) => !isOver);
  switch (store.loadOutcome.kind) {
    case "fresh":
      return false;
    case "recovered":
      return !(story.splitRename && goesOn) && !disk.isInDoubt;
    default:
      return !disk.isInDoubt;
  }
}

function checkLoad(stage: Stage, who: Who, store: LocalFileOffsetStore): Table {
  const { situation } = stage;
  const { kind, source, journalRecords } = store.loadOutcome;
  const table = fromOffsetTable(store.snapshot());
  const from = source === undefined ? "" : ` from ${source} and ${journalRecords} records`;
  stage.tell(`-- ${who} has loaded ${textOf(table)} (${kind}${from})`);
  const tables = accepted(situation);
  demand(isAmong(tables, table), () => {
    const [durable, ...begun] = tables.map(textOf);
    const others = begun.length > 0 ? `, and ${begun.join(" or ")} begun` : "";
    return `${textOf(table)} was loaded, though ${durable} was acknowledged or loaded${others}`;
  });
  const fault = unexplained(stage.main, store.loadOutcome, situation);
  demand(fault === undefined, () => `no stranger has acted, but ${fault}`);
  return table;
}

function hear(stage: Stage, who: Who, diagnostic: Diagnostic): void {
  stage.tell(`-- ${who} reports "${diagnostic.kind}"`);
  if (diagnostic.kind !== "kept-aside" || stage.situation.hadStrangers) return;
  // The store ignores what a listener throws, so that the next step has to.
  stage.complaint ??= `no stranger has acted, but ${diagnostic.path} was kept aside`;
}
