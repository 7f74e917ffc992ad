import { OffsetFileSyntaxError } from "../../core/format/offset_file_syntax_error.ts";
import { type JournalContent, readJournalInSlices } from "../../core/format/read_journal.ts";
import { isMissing, isUnreadable, messageOf } from "../errors/error_code.ts";
import type { FileFault } from "../errors/offset_file_corrupt_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { inTurns } from "../fs/cooperative_yield.ts";
import { fastCrc32 } from "../fs/fast_crc32.ts";
import type { FileInfo } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { journalOf } from "../paths.ts";
import { ageOf, type FileAge } from "./read_snapshot.ts";

/** The file at the path of a journal. */
export type JournalFile = MissingJournal | UnreadableJournal | BadJournal | ReadableJournal;

/** There is no file. */
export interface MissingJournal {
  readonly is: "missing";
}

/** The device has lost the content of the file. */
export interface UnreadableJournal {
  readonly is: "unreadable";
  readonly path: string;
  readonly fault: FileFault;
}

/** A file that is no journal of a known version. */
export interface BadJournal {
  readonly is: "bad";
  readonly path: string;
  readonly info: FileInfo;
  readonly age: FileAge;
  readonly bytes: Uint8Array;
  readonly fault: FileFault;
}

/** A journal, perhaps with damage at its end. */
export interface ReadableJournal {
  readonly is: "readable";
  readonly path: string;
  readonly info: FileInfo;
  readonly age: FileAge;
  readonly bytes: Uint8Array;
  readonly content: JournalContent;
}

/**
 * Reads the journal of a main file.
 *
 * The journal must be read before main: if a compaction comes in between, main holds its records.
 *
 * @throws {OffsetLoadError} If the file could not be examined.
 */
export async function readJournalFile(fileSystem: FileSystem, main: string): Promise<JournalFile> {
  const path = journalOf(main);
  const since = fileSystem.now();
  let file;
  try {
    file = await fileSystem.readFile(path);
  } catch (error) {
    if (isMissing(error)) return { is: "missing" };
    if (!isUnreadable(error)) throw new OffsetLoadError(path, error);
    const fault = { path, reason: messageOf(error), cause: error };
    return { is: "unreadable", path, fault };
  }
  const { bytes, info } = file;
  const seen = { path, info, bytes, age: ageOf(info, since) };
  try {
    return {
      is: "readable",
      ...seen,
      content: await inTurns(readJournalInSlices(bytes, fastCrc32)),
    };
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    const reason = `${error.reason}, at position ${error.position} of ${bytes.length}`;
    return { is: "bad", ...seen, fault: { path, reason, cause: error } };
  }
}

/** Tells whether two contents of a journal have the same lines, whatever room follows them. */
export function hasSameRecords(a: Uint8Array, b: Uint8Array): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  // Zeros at the end are room for the next record.
  return shorter.every((byte, i) => byte === longer[i]) &&
    longer.subarray(shorter.length).every((byte) => byte === 0);
}
