import { basename } from "node:path";
import {
  decode,
  type FileInfo,
  nodeFileSystem,
  OffsetFileChecksumError,
  type OffsetFileFormat,
  OffsetFileSyntaxError,
  OffsetLoadError,
  type OffsetTable,
} from "../../../mod.ts";
import type { Generation } from "../../../src/core/format/generation.ts";
import type { SnapshotId } from "../../../src/core/format/journal_header.ts";
import { parseSnapshot } from "../../../src/core/format/parse.ts";
import { quote } from "../../../src/core/table/message_queue.ts";
import {
  readSnapshot as read,
  type SnapshotFile,
  type ValidFile,
} from "../../../src/file/recovery/read_snapshot.ts";
import { ALI_ONS_STATE, type AliOnsFile, readAliOns } from "./ali_ons_file.ts";
import { type AppliedJournal, applyJournal, findJournal } from "./apply_journal.ts";
import type { ErrorCode } from "../command_line/command_error.ts";
import { describeSystemError } from "../output/system_error.ts";

/** No journal extends a file that was edited. */
export const NO_ID: SnapshotId = { length: -1, crc32: 0 };

/** The finding at a path. */
export type Inspection = ValidInspection | BadInspection | MissingInspection;

/** There is no file. */
export interface MissingInspection {
  readonly state: "missing";
  readonly path: string;
}

/** A file that holds a table. */
export interface ValidInspection {
  readonly state: "valid";
  readonly path: string;
  readonly info: FileInfo;
  readonly table: OffsetTable;
  readonly format: OffsetFileFormat;
  /** Whether the file bears a checksum, and that of its table. */
  readonly checksum: "none" | "right" | "wrong";
  /** By which a journal names the file. */
  readonly id: SnapshotId;
  /** The number of the snapshot, if it has one. */
  readonly generation: Generation | undefined;
  /** The journal beside the file, whose records are in the table. */
  readonly journal?: AppliedJournal;
}

/** A file that no store would use. */
export interface BadInspection {
  readonly state: "bad";
  readonly path: string;
  readonly info: FileInfo | undefined;
  readonly reason: string;
  readonly position?: number;
  /**
   * Whether it could not even be examined: it may be intact, and a store does not open with the backup
   * instead (L5).
   */
  readonly unexamined?: true;
  /** What it holds, if only its checksum is wrong: it may have been edited by hand. */
  readonly edited?: ValidInspection;
  /** What it holds, if it is a file of ali-ons. */
  readonly aliOns?: AliOnsFile;
}

/**
 * Reads a file, with the journal beside it if there is one, and judges it as the store does;
 * nothing is changed and nothing is thrown.
 */
export async function readSnapshot(path: string): Promise<Inspection> {
  // The journal first: if it is compacted in between, the file holds what it held.
  const journal = await findJournal(path);
  return applyJournal(await inspectAlone(path), journal);
}

/** The same without a journal. */
export async function inspectAlone(path: string): Promise<Inspection> {
  try {
    return inspectionOf(await read(nodeFileSystem, path));
  } catch (error) {
    if (!(error instanceof OffsetLoadError)) throw error;
    const info = await nodeFileSystem.stat(path).catch(() => undefined);
    return { state: "bad", path, info, reason: describeSystemError(error), unexamined: true };
  }
}

/** A file that the store's own recovery has read, as the commands show it. */
export function inspectionOf(file: SnapshotFile): Inspection {
  const { path } = file;
  if (file.is === "missing") return { state: "missing", path };
  if (file.is === "valid") return validOf(file);
  const { info, bytes, reason, cause } = file;
  if (cause instanceof OffsetFileChecksumError && info !== undefined && bytes !== undefined) {
    return edited(path, info, bytes, cause);
  }
  const position = cause instanceof OffsetFileSyntaxError ? cause.position : undefined;
  const bad = { state: "bad", path, info, reason, position } as const;
  if (info === undefined || bytes === undefined) return bad;
  return inspectAliOns(path, info, bytes) ?? bad;
}

function inspectAliOns(path: string, info: FileInfo, bytes: Uint8Array): BadInspection | undefined {
  const content = readAliOns(bytes);
  if (content === undefined) return undefined;
  if (content.is === "bad") {
    return { state: "bad", path, info, reason: content.reason, position: content.position };
  }
  const aliOns = { path, info, table: content.table, format: "ali-ons", checksum: "none" } as const;
  return { state: "bad", path, info, reason: ALI_ONS_STATE, aliOns };
}

function validOf(
  { path, info, table, bytes, id, generation, checksum }: ValidFile,
): ValidInspection {
  return {
    state: "valid",
    path,
    info,
    table,
    id,
    generation,
    format: formatOf(path, decode(bytes)),
    checksum: checksum === "verified" ? "right" : "none",
  };
}

function edited(
  path: string,
  info: FileInfo,
  bytes: Uint8Array,
  { expected, actual, position }: OffsetFileChecksumError,
): BadInspection {
  const text = decode(bytes);
  const { table, generation } = parseSnapshot(text, undefined);
  return {
    state: "bad",
    path,
    info,
    reason: `its checksum is ${quote(expected)}, that of its table is "${actual}": ` +
      "it was edited by hand, or is damaged",
    position,
    edited: {
      state: "valid",
      path,
      info,
      table,
      id: NO_ID,
      generation,
      format: formatOf(path, text),
      checksum: "wrong",
    },
  };
}

/** The form of the keys tells; of an empty table, the file's name. */
function formatOf(path: string, text: string): OffsetFileFormat {
  const key = /"offsetTable"\s*:\s*\{\s*([{"])/.exec(text)?.[1];
  return key === undefined ? formatForName(path) ?? "go" : key === "{" ? "java" : "go";
}

/** The form that a file's name promises: Java's is called `offsets.json`, Go's `offset.json`. */
export function formatForName(path: string): OffsetFileFormat | undefined {
  const name = basename(path);
  if (name.startsWith("offsets.json")) return "java";
  return name.startsWith("offset.json") ? "go" : undefined;
}

/** Whether a file could not be examined, so that nothing can be said about it. */
export function isUnexamined(inspection: Inspection): boolean {
  return inspection.state === "bad" && inspection.unexamined === true;
}

/** What a file of ali-ons holds; `undefined` for any other. */
export function aliOnsOf(inspection: Inspection): AliOnsFile | undefined {
  return inspection.state === "bad" ? inspection.aliOns : undefined;
}

/** The fault of a file, on one line. */
export function fault(inspection: Inspection): string {
  if (inspection.state === "missing") return "there is no such file";
  return inspection.state === "valid" ? "it is valid" : inspection.reason;
}

/** The same for programs. */
export function codeOf(inspection: Inspection): ErrorCode {
  if (inspection.state === "missing") return "missing";
  if (isUnexamined(inspection)) return "unexamined";
  return aliOnsOf(inspection) === undefined ? "bad" : "ali-ons";
}

/** The description of the file that needs no read; `undefined` for no file. */
export function infoOf(inspection: Inspection): FileInfo | undefined {
  return inspection.state === "missing" ? undefined : inspection.info;
}

/** When the file was last changed, in milliseconds since 1970; `undefined` if nobody knows. */
export function modifiedOf(inspection: ValidInspection | AliOnsFile): number;
export function modifiedOf(inspection: Inspection): number | undefined;
export function modifiedOf(inspection: Inspection | AliOnsFile): number | undefined {
  const info = "format" in inspection ? inspection.info : infoOf(inspection);
  return info && Math.round(info.mtimeMs);
}
