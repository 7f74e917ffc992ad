import type { Generation } from "../../core/format/generation.ts";
import type { SnapshotId } from "../../core/format/journal_header.ts";
import { OffsetFileSyntaxError } from "../../core/format/offset_file_syntax_error.ts";
import { readCanonicalSnapshot } from "../../core/format/canonical_snapshot.ts";
import type { Snapshot } from "../../core/format/parse.ts";
import { parseBytesInSlices } from "../../core/format/parse_bytes.ts";
import type { Slices } from "../../core/slices.ts";
import type { OffsetTable } from "../../core/table/offset_table.ts";
import { isMissing, isUnreadable, messageOf } from "../errors/error_code.ts";
import type { FileFault } from "../errors/offset_file_corrupt_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { inTurns } from "../fs/cooperative_yield.ts";
import { fastCrc32 } from "../fs/fast_crc32.ts";
import { type FileInfo, isYoung } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { FileTooLongError, LONGEST_FILE } from "../fs/longest_file.ts";
import { pacedCrc32 } from "../fs/paced_crc32.ts";

/** The file at the path of a snapshot. */
export type SnapshotFile = MissingFile | BadFile | ValidFile;

/** There is no file. */
export interface MissingFile {
  readonly is: "missing";
  readonly path: string;
}

/** A file that holds no table. */
export interface BadFile extends FileFault {
  readonly is: "bad";
  /** The description of the file, if the system gives one. */
  readonly info: FileInfo | undefined;
  readonly age: FileAge;
  /** Its content, if it could be read. */
  readonly bytes: Uint8Array | undefined;
}

/** A file that holds a table. */
export interface ValidFile {
  readonly is: "valid";
  readonly path: string;
  readonly info: FileInfo;
  readonly age: FileAge;
  readonly bytes: Uint8Array;
  readonly table: OffsetTable;
  readonly generation: Generation | undefined;
  readonly checksum: Snapshot["checksum"];
  /** Its length and checksum, by which a journal names it. */
  readonly id: SnapshotId;
}

/** Whether the next change of a file is sure to show in its description; see `isYoung`. */
export type FileAge = "young" | "settled";

/** The age of a file whose reading began at the time `since`. */
export function ageOf(info: FileInfo, since: number): FileAge {
  return isYoung(info, since) ? "young" : "settled";
}

/**
 * Reads a file and tells whether it is valid.
 *
 * @throws {OffsetLoadError} If the file could not be examined, so that it may be intact.
 */
export async function readSnapshot(fileSystem: FileSystem, path: string): Promise<SnapshotFile> {
  const since = fileSystem.now();
  let file;
  try {
    file = await fileSystem.readFile(path);
  } catch (error) {
    if (isMissing(error)) return { is: "missing", path };
    if (!isUnreadable(error)) throw new OffsetLoadError(path, error);
    const info = await fileSystem.stat(path).catch(() => undefined);
    const age = info === undefined ? "young" : ageOf(info, since);
    return { is: "bad", path, info, age, bytes: undefined, reason: messageOf(error), cause: error };
  }
  const { bytes, info } = file;
  const age = ageOf(info, since);
  try {
    const snapshot = await inTurns(snapshotOf(path, bytes));
    const id = { length: bytes.length, crc32: await pacedCrc32(bytes) };
    return { is: "valid", path, info, age, bytes, id, ...snapshot };
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    return { is: "bad", path, info, age, bytes, reason: reasonOf(error, bytes), cause: error };
  }
}

/** Most files are canonical, which is read without a text of all of the file. */
function* snapshotOf(path: string, bytes: Uint8Array): Slices<Snapshot> {
  // A file longer than the runtime's longest string is not corrupt: another runtime may read it.
  if (bytes.length > LONGEST_FILE) {
    throw new OffsetLoadError(path, new FileTooLongError(bytes.length));
  }
  const canonical = yield* readCanonicalSnapshot(bytes, fastCrc32);
  return canonical ?? (yield* parseBytesInSlices(bytes, fastCrc32));
}

function reasonOf(error: OffsetFileSyntaxError, bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty";
  // A power cut leaves such a file if its data never reached the disk.
  if (bytes.every((byte) => byte === 0)) return "it holds nothing but NUL bytes";
  return `${error.reason}, at position ${error.position} of ${bytes.length}`;
}
