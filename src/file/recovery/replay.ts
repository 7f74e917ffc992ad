import { atOnce, type Slices } from "../../core/slices.ts";
import { copyEntries, type OffsetTable, partsOf, tableOf } from "../../core/table/offset_table.ts";
import type { JournalContent } from "../../core/format/read_journal.ts";
import { type FileFault, OffsetFileCorruptError } from "../errors/offset_file_corrupt_error.ts";
import type { BadJournal, JournalFile, ReadableJournal } from "./read_journal_file.ts";
import type { ValidFile } from "./read_snapshot.ts";

/**
 * The relation of a journal to the snapshot beside it (J3).
 *
 * - `records`: it extends just this snapshot, and its records are applied.
 * - `leftover`: the snapshot holds all its records.
 * - `foreign`: it extends another file, and nothing else holds its records.
 */
export type JournalRelation = "records" | "leftover" | "foreign";

/** A journal, and its relation to the snapshot. */
export interface RelatedJournal {
  readonly file: ReadableJournal | BadJournal;
  readonly relation: JournalRelation;
}

/** A snapshot and the journal that extends it, as one table. */
export interface Replayed {
  readonly source: ValidFile;
  readonly table: OffsetTable;
  /** How many records were applied. */
  readonly records: number;
  readonly journal: RelatedJournal | undefined;
  /** The faults of the journal, if any. */
  readonly faults: readonly FileFault[];
}

/**
 * Applies the records of the journal to a snapshot.
 *
 * @param main The path of the main file, for the error.
 * @param durability How the store that reads is opened; a relaxed one goes on without records that a
 *   power cut has torn.
 * @throws {OffsetFileCorruptError} If the journal cannot be read. It may hold acknowledged records,
 *   so
 *   a load without them would lose offsets silently.
 */
export function replay(...args: Parameters<typeof replayInSlices>): Replayed {
  return atOnce(replayInSlices(...args));
}

/** The same in slices. */
export function* replayInSlices(
  main: string,
  source: ValidFile,
  journal: JournalFile,
  durability: "full" | "relaxed",
): Slices<Replayed> {
  const alone = { source, table: source.table, records: 0, journal: undefined, faults: [] };
  if (journal.is === "missing") return alone;
  if (journal.is !== "readable") {
    throw new OffsetFileCorruptError(main, [journal.fault], [source.path]);
  }
  const { path, content } = journal;
  const relation = relationOf(content, source);
  const withJournal = { ...alone, journal: { file: journal, relation } };
  if (relation === "leftover") return withJournal;
  if (relation === "foreign") {
    const reason = "it extends another file than the one that is there, and was not applied";
    return { ...withJournal, faults: [{ path, reason }] };
  }
  const faults = faultsOf(main, source, journal, durability);
  const { table, records } = content;
  return { ...withJournal, table: yield* applied(source.table, table), records, faults };
}

function* applied(snapshot: OffsetTable, changed: OffsetTable): Slices<OffsetTable> {
  const { index, offsets } = partsOf(snapshot);
  const extended = { index, offsets: yield* offsets.copyInSlices() };
  yield* copyEntries(changed, extended);
  return tableOf(extended);
}

/**
 * A torn record at the end is reported; worse damage is corruption, unless nothing was synced (J2).
 */
function faultsOf(
  main: string,
  source: ValidFile,
  { path, content: { damage, header } }: ReadableJournal,
  durability: "full" | "relaxed",
): FileFault[] {
  if (damage === undefined) return [];
  const { kind, position, reason } = damage;
  // Without a first line, the durability of the reading store counts.
  const isRelaxed = (header?.durability ?? durability) === "relaxed";
  if (kind === "corrupt" && !isRelaxed) {
    const fault = { path, reason: `${reason}, at position ${position}` };
    throw new OffsetFileCorruptError(main, [fault], [source.path]);
  }
  return [{ path, reason: `${reason}, and is cut at position ${position}` }];
}

/** The relation of a journal to a snapshot; see `JournalRelation`. */
export function relationOf(
  { header, table, damage }: JournalContent,
  snapshot: ValidFile,
): JournalRelation {
  if (header === undefined) {
    // If only the first line is torn, no record was begun. Further bad lines may be records.
    return damage?.kind === "corrupt" ? "records" : "leftover";
  }
  const { snapshot: id, generation, version } = header;
  const isSameId = id.length === snapshot.id.length && id.crc32 === snapshot.id.crc32;
  if (version === 0) {
    if (isSameId) return "records";
    return holds(snapshot.table, table) ? "leftover" : "foreign";
  }
  if (generation === undefined || snapshot.generation === undefined) return "foreign";
  if (generation === snapshot.generation && isSameId) return "records";
  const isFolded = generation === snapshot.generation - 1 && snapshot.checksum === "verified";
  return isFolded ? "leftover" : "foreign";
}

/** Tells whether a table holds for each queue this offset or a greater one. */
function holds(table: OffsetTable, offsets: OffsetTable): boolean {
  for (const [mq, offset] of offsets) {
    const held = table.get(mq);
    if (held === undefined || held < offset) return false;
  }
  return true;
}
