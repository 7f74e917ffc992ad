/** The files of a store as a recovery reads them, made without a file system. */
import { crc32 } from "node:zlib";
import { OffsetFileChecksumError, OffsetFileSyntaxError, serialize } from "../../mod.ts";
import { MAX_JOURNAL_GENERATION } from "../../src/core/format/generation.ts";
import type { JournalDurability, SnapshotId } from "../../src/core/format/journal_header.ts";
import { readJournal } from "../../src/core/format/read_journal.ts";
import type { OffsetTable } from "../../src/core/table/offset_table.ts";
import type { FileInfo } from "../../src/file/fs/file_info.ts";
import type { BadJournal, ReadableJournal } from "../../src/file/recovery/read_journal_file.ts";
import type { BadFile, FileAge, ValidFile } from "../../src/file/recovery/read_snapshot.ts";
import { firstHeaderOf, headerOf } from "./journal_lines.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** A settled regular file. */
export function fileInfo(over: Partial<FileInfo> = {}): FileInfo {
  return {
    ...{ kind: "file", dev: 1, ino: 2, size: 3, mtimeMs: 1_000_000, mode: 0o600, uid: 5, gid: 6 },
    ...over,
  };
}

/** A file that holds a table. */
export function validFile(
  path: string,
  table: OffsetTable,
  { generation, checksum = "verified", mtimeMs, age = "settled" }: {
    readonly generation?: number;
    readonly checksum?: ValidFile["checksum"];
    readonly mtimeMs?: number;
    readonly age?: FileAge;
  } = {},
): ValidFile {
  const bytes = encode(serialize(table, { generation, checksum: checksum !== "none" }));
  const info = fileInfo({ size: bytes.length, ...mtimeMs === undefined ? {} : { mtimeMs } });
  const id = { length: bytes.length, crc32: crc32(bytes) };
  return { is: "valid", path, info, age, bytes, table, generation, checksum, id };
}

/** A file whose text is torn. */
export function badFile(path: string, over: Partial<BadFile> = {}): BadFile {
  const [bytes, cause] = [encode("{"), new OffsetFileSyntaxError(1, "it is torn")];
  const info = fileInfo({ size: bytes.length });
  return { is: "bad", path, info, age: "settled", bytes, reason: "it is torn", cause, ...over };
}

/** A file of which only the checksum is wrong. */
export function editedFile(path: string): BadFile {
  const cause = new OffsetFileChecksumError(1, "00000000", "00000001");
  return badFile(path, { reason: "the checksum is wrong", cause });
}

/** What the first line of a journal says; `torn` stands for one that was not written to the end. */
export type FirstLine = "none" | "torn" | {
  readonly id: SnapshotId;
  /** The generation; `"invalid"` is a number that no snapshot with a journal has. */
  readonly generation: number | "invalid" | "version 0.1.0";
  readonly durability?: JournalDurability;
};

/** A journal with a first line, records, and whatever follows them. */
export function journalFile(
  path: string,
  first: FirstLine,
  records: readonly string[],
  { rest = "", age = "settled" }: { readonly rest?: string; readonly age?: FileAge } = {},
): ReadableJournal {
  const bytes = encode(firstLine(first) + records.join("") + rest);
  const info = fileInfo({ ino: 77, size: bytes.length });
  return { is: "readable", path, info, age, bytes, content: readJournal(bytes) };
}

function firstLine(first: FirstLine): string {
  if (first === "none") return "";
  if (first === "torn") return "12345678 {\n";
  const { id, generation, durability } = first;
  if (generation === "version 0.1.0") return firstHeaderOf(id);
  const number = generation === "invalid" ? MAX_JOURNAL_GENERATION + 1 : generation;
  return headerOf(id, undefined, { generation: number, durability });
}

/** A file at a journal's path that is no journal. */
export function badJournal(path: string, over: Partial<BadJournal> = {}): BadJournal {
  const bytes = encode("no journal");
  const fault = { path, reason: "it is no journal", cause: new OffsetFileSyntaxError(0, "none") };
  const info = fileInfo({ ino: 77, size: bytes.length });
  return { is: "bad", path, info, age: "settled", bytes, fault, ...over };
}
