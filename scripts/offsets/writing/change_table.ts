import { type FileInfo, type MessageQueue, type Offset, OffsetTable } from "../../../mod.ts";
import type { Generation } from "../../../src/core/format/generation.ts";
import { backupOf } from "../../../src/file/paths.ts";
import type { AppliedJournal } from "../reading/apply_journal.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import { escape, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import type { ValidInspection } from "../reading/inspect_file.ts";
import type { Io } from "../../lib/io.ts";
import { printJson } from "../output/json_output.ts";
import { QUEUE_COLUMNS, queueCells } from "../output/queue_columns.ts";
import { resolveMain } from "../reading/resolve_main.ts";
import { formatTable } from "../../lib/table.ts";
import { writeStore } from "./write_store.ts";

/** One queue's change; an absent offset is a queue that the table does not hold. */
export interface Change {
  readonly mq: MessageQueue;
  readonly from?: Offset;
  readonly to?: Offset;
}

/** The table with the changes made. */
export function withChanges(table: OffsetTable, changes: readonly Change[]): OffsetTable {
  const gone = OffsetTable.from(
    changes.flatMap(({ mq, to }) => to === undefined ? [[mq, 0n] as const] : []),
  );
  const set = changes.flatMap(({ mq, to }) => to === undefined ? [] : [[mq, to] as const]);
  return OffsetTable.from([...[...table].filter(([mq]) => !gone.has(mq)), ...set]);
}

/** Refuses to lower an offset: the messages in between would be consumed a second time. */
export function refuseLowering(path: string, changes: readonly Change[], args: Args): void {
  if (args.flag("force")) return;
  const lowered = changes.filter(({ from, to }) => (from ?? -1n) > (to ?? -1n));
  if (lowered.length === 0) return;
  const { mq, from, to } = lowered[0];
  const others = lowered.length > 1 ? `, and ${lowered.length - 1} more` : "";
  throw new CommandError(
    `Cannot lower offsets in ${quote(path)}: ${queueName(mq)} is at ${from}, ` +
      `above ${to}${others}`,
    "Messages in between would be consumed again; if that is wanted, add --force.",
    { code: "refused", path },
  );
}

/** The file to change; without `info` it does not exist yet. */
export type ChangedFile = Pick<ValidInspection, "path" | "table" | "format"> & {
  readonly info: FileInfo | undefined;
  readonly generation?: Generation;
  readonly journal?: AppliedJournal;
  /** Whether it is to bear a checksum. */
  readonly withChecksum: boolean;
};

/** A file that is there, to be changed: it keeps its form, and has a checksum if it had one. */
export function toChange(file: ValidInspection): ChangedFile {
  return { ...file, withChecksum: file.checksum !== "none" };
}

/** Writes the changed table, the old one becoming the backup, and tells what has changed. */
export async function applyChanges(
  file: ChangedFile,
  changes: readonly Change[],
  args: Args,
  io: Io,
): Promise<number> {
  const { path, format, info, generation, journal, withChecksum: checksum } = file;
  const real = changes.filter(({ from, to }) => from !== to);
  if (real.length > 0) {
    const rotate = info !== undefined;
    const options = { format, checksum, replaces: info, generation, journal, rotate, io };
    await writeStore(path, withChanges(file.table, real), options);
  }
  if (args.flag("json")) {
    const json = real.map(({ mq, from, to }) => ({ ...mq, from: text(from), to: text(to) }));
    printJson(io, args.command, { file: path, changes: json });
  } else if (real.length === 0) {
    io.out("Nothing to change.\n");
  } else {
    const rows = real.map(({ mq, from, to }) => [
      ...queueCells(mq),
      text(from) ?? "none",
      text(to) ?? "none",
    ]);
    io.out(formatTable(COLUMNS, rows));
    const backup = escape(backupOf(await resolveMain(path)));
    const before = info === undefined ? "" : `, the table before is in ${backup}`;
    io.out(`Written to ${escape(path)}${before}\n`);
  }
  return EXIT.ok;
}

const COLUMNS = [
  ...QUEUE_COLUMNS,
  { title: "FROM", align: "right" },
  { title: "TO", align: "right" },
] as const;

function text(offset: Offset | undefined): string | null {
  return offset === undefined ? null : String(offset);
}

/** A queue as messages show it. */
export function queueName({ topic, brokerName, queueId }: MessageQueue): string {
  return `queue ${queueId} of ${quote(topic)} on ${quote(brokerName)}`;
}
