import { applyJournal } from "../../../offsets/reading/apply_journal.ts";
import { inspectionOf } from "../../../offsets/reading/inspect_file.ts";
import { writeStore } from "../../../offsets/writing/write_store.ts";
import { readJournalFile } from "../../../../src/file/recovery/read_journal_file.ts";
import { readSnapshot } from "../../../../src/file/recovery/read_snapshot.ts";
import { serveMissingCalls } from "../../../../src/file/fs/missing_calls.ts";
import type { Io } from "../../../lib/io.ts";
import { acknowledged, begun, settled, tagsOfChange } from "./situation.ts";
import type { Stage } from "./stage.ts";
import { type Table, textOf, toOffsetTable } from "./table.ts";

/** Nobody reads what the tool says. */
const SILENT: Io = {
  out() {},
  err() {},
  isTerminal: false,
  color: false,
  now: () => 0,
  sleep: () => Promise.resolve(true),
};

/** Has the operator's tool write a table, if there is a main file that it can read. */
export async function tool(stage: Stage, table: Table): Promise<void> {
  const fileSystem = stage.fileSystem("the tool");
  const { main } = stage;
  const journal = await readJournalFile(fileSystem, main);
  const file = applyJournal(inspectionOf(await readSnapshot(fileSystem, main)), journal);
  if (file.state !== "valid") return;
  const before = await stage.visible();
  const begin = stage.situation;
  const number = ++stage.commits;
  stage.situation = begun(begin, number, [table], true);
  stage.tag("operator's tool", ...tagsOfChange(before, table));
  stage.mark();
  await writeStore(main, toOffsetTable(table), {
    format: file.format,
    checksum: file.checksum !== "none",
    replaces: file.info,
    generation: file.generation,
    journal: file.journal,
    content: "valid",
    io: SILENT,
    fileSystem: serveMissingCalls(fileSystem, () => {}),
  });
  stage.tell(`-- the tool has written ${textOf(table)}`);
  const now = acknowledged(stage.situation, number, table);
  stage.situation = { ...settled(begin, now, true), isUnsynced: false };
  for (const actor of stage.actors.values()) actor.isMainBad = false;
  stage.mark();
}
