import { crc32 } from "node:zlib";
import type { SnapshotId } from "../../core/format/read_journal.ts";
import { OffsetFileSyntaxError } from "../../core/format/offset_file_syntax_error.ts";
import type { OffsetTable } from "../../core/table/offset_table.ts";
import { decode, parseWith } from "../../core/format/parse.ts";
import { isMissing, isUnreadable, messageOf } from "../errors/error_code.ts";
import { type FileInfo, type FileSystem, isFresh } from "../fs/file_system.ts";
import type { FileFault } from "../errors/offset_file_corrupt_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { statIfPossible } from "../fs/stat_if_there.ts";

/** What was found at a path. */
export type Inspection =
  | {
    readonly state: "missing";
    readonly path: string;
    readonly info?: undefined;
    readonly id?: undefined;
    readonly isFresh?: undefined;
    readonly cause?: undefined;
  }
  | ({
    readonly state: "bad";
    readonly info: FileInfo | undefined;
    readonly id?: undefined;
    readonly isFresh?: undefined;
  } & FileFault)
  | ValidFile;

/** A file that holds a table. */
export interface ValidFile {
  readonly state: "valid";
  readonly path: string;
  readonly info: FileInfo;
  readonly table: OffsetTable;
  /** By which a journal names it. */
  readonly id: SnapshotId;
  /** Whether the next change might not show; see `isFresh`. */
  readonly isFresh: boolean;
  readonly cause?: undefined;
}

/**
 * Reads a file and judges it.
 *
 * @throws {OffsetLoadError} If it could not be examined, so that nothing can be said about it.
 */
export async function readSnapshot(fileSystem: FileSystem, path: string): Promise<Inspection> {
  const since = Date.now();
  let file;
  try {
    file = await fileSystem.readFile(path);
  } catch (error) {
    if (isMissing(error)) return { state: "missing", path };
    if (!isUnreadable(error)) throw new OffsetLoadError(path, error);
    const info = await statIfPossible(fileSystem, path);
    return { state: "bad", path, info, reason: messageOf(error), cause: error };
  }
  const { bytes, info } = file;
  try {
    const table = parseWith(decode(bytes), crc32);
    const id = { length: bytes.length, crc32: crc32(bytes) };
    return { state: "valid", path, info, table, id, isFresh: isFresh(info, since) };
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    return { state: "bad", path, info, reason: reasonOf(error, bytes), cause: error };
  }
}

function reasonOf(error: OffsetFileSyntaxError, bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty";
  // What a power cut leaves of a file whose data never reached the disk.
  if (bytes.every((byte) => byte === 0)) return "it holds nothing but NUL bytes";
  return `${error.reason}, at position ${error.position} of ${bytes.length}`;
}
