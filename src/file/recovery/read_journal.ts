import { crc32 } from "node:zlib";
import {
  type JournalContent,
  readJournal,
  type SnapshotId,
} from "../../core/format/read_journal.ts";
import { OffsetFileSyntaxError } from "../../core/format/offset_file_syntax_error.ts";
import { type OffsetTable, partsOf, tableOf } from "../../core/table/offset_table.ts";
import { isMissing, isUnreadable, messageOf } from "../errors/error_code.ts";
import { type FileInfo, type FileSystem, isFresh } from "../fs/file_system.ts";
import type { ValidFile } from "./read_snapshot.ts";
import { journalOf } from "../paths.ts";
import type { FileFault } from "../errors/offset_file_corrupt_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";

/** What was found in the place of a journal. */
export type JournalInspection =
  | { readonly state: "missing"; readonly info?: undefined; readonly fault?: undefined }
  /** The device has lost it. */
  | { readonly state: "bad"; readonly info?: undefined; readonly fault: FileFault }
  | ({ readonly state: "bad"; readonly fault: FileFault } & SeenJournal)
  | ReadableJournal;

/** A journal as it lay there when it was read. */
export interface SeenJournal {
  readonly info: FileInfo;
  /** Whether the next change might not show; see `isFresh`. */
  readonly isFresh: boolean;
}

/** A journal whose records can be read. */
export interface ReadableJournal extends SeenJournal {
  readonly state: "readable";
  readonly path: string;
  readonly fault?: undefined;
  readonly content: JournalContent;
}

/**
 * Reads the journal of a main file.
 *
 * It is read before main: if it is compacted in between, main holds what it held.
 *
 * @throws {OffsetLoadError} If it could not be examined.
 */
export async function readJournalFile(
  fileSystem: FileSystem,
  main: string,
): Promise<JournalInspection> {
  const path = journalOf(main);
  const since = Date.now();
  let file;
  try {
    file = await fileSystem.readFile(path);
  } catch (error) {
    if (isMissing(error)) return { state: "missing" };
    if (!isUnreadable(error)) throw new OffsetLoadError(path, error);
    const fault = { path, reason: messageOf(error), cause: error };
    return { state: "bad", fault };
  }
  const { bytes, info } = file;
  const seen = { info, isFresh: isFresh(info, since) };
  try {
    return { state: "readable", path, ...seen, content: readJournal(bytes, crc32) };
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    const reason = `${error.reason}, at position ${error.position} of ${bytes.length}`;
    return { state: "bad", ...seen, fault: { path, reason, cause: error } };
  }
}

/** What a journal adds to a snapshot. */
export interface Replay {
  readonly table: OffsetTable;
  /** How many records were applied. */
  readonly records: number;
  /** Whether the journal was not applied though it holds what the snapshot does not (J3). */
  readonly isForeign: boolean;
  /** What is to be said of it. */
  readonly fault: FileFault | undefined;
}

/**
 * Applies a journal to the snapshot that it extends (clause J3).
 *
 * One that extends another snapshot is not applied. If every offset in it is in the snapshot, or a
 * greater one, it is what a compaction of ours has not removed yet.
 */
export function replay(
  journal: ReadableJournal,
  snapshot: Pick<ValidFile, "table" | "id">,
): Replay {
  const { path, content: { snapshot: extended, table: changed, records, tornAt } } = journal;
  if (extended !== undefined && !isSameSnapshot(extended, snapshot.id)) {
    const isForeign = !holds(snapshot.table, changed);
    const reason = "it extends another file than the one that is there, and was not applied";
    const fault = isForeign ? { path, reason } : undefined;
    return { table: snapshot.table, records: 0, isForeign, fault };
  }
  const { index, offsets } = partsOf(snapshot.table);
  const extendedOffsets = offsets.copy();
  for (const [mq, offset] of changed) extendedOffsets.set(index.add(mq), offset);
  const reason = `its last record was not written to the end, and is cut at position ${tornAt}`;
  return {
    table: tableOf({ index, offsets: extendedOffsets }),
    records,
    isForeign: false,
    fault: tornAt === undefined ? undefined : { path, reason },
  };
}

/** Whether a table holds each of the offsets, or a greater one. */
function holds(table: OffsetTable, offsets: OffsetTable): boolean {
  for (const [mq, offset] of offsets) {
    const held = table.get(mq);
    if (held === undefined || held < offset) return false;
  }
  return true;
}

function isSameSnapshot(a: SnapshotId, b: SnapshotId): boolean {
  return a.length === b.length && a.crc32 === b.crc32;
}
