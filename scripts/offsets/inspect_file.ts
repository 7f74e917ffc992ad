import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import {
  decode,
  type OffsetFileFormat,
  OffsetFileSyntaxError,
  type OffsetTable,
  parse,
} from "../../mod.ts";
import { describeSystemError, errorCode } from "./system_error.ts";

/** What was found at a path. */
export type Inspection =
  | {
    readonly state: "valid";
    readonly path: string;
    readonly table: OffsetTable;
    readonly format: OffsetFileFormat;
    readonly bytes: Uint8Array;
    readonly modified: number;
  }
  | {
    readonly state: "bad";
    readonly path: string;
    readonly reason: string;
    readonly position?: number;
    readonly size?: number;
    readonly modified?: number;
  }
  | { readonly state: "missing"; readonly path: string };

export type ValidInspection = Extract<Inspection, { state: "valid" }>;

/** Reads a file and judges it; nothing is changed and nothing is thrown. */
export async function inspectFile(path: string): Promise<Inspection> {
  let bytes: Uint8Array;
  let modified: number | undefined;
  try {
    modified = (await stat(path)).mtimeMs;
    bytes = await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { state: "missing", path };
    return { state: "bad", path, reason: describeSystemError(error), modified };
  }
  const size = bytes.length;
  if (size === 0) {
    return { state: "bad", path, reason: "it is empty", position: 0, size, modified };
  }
  try {
    const text = decode(bytes);
    const table = parse(text);
    return { state: "valid", path, table, format: formatOf(path, text), bytes, modified };
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    const { reason, position } = error;
    // A run of NULs is what a power cut leaves of a file whose data never reached the disk.
    const nul = bytes.every((byte) => byte === 0) ? "it holds nothing but NUL bytes" : reason;
    return { state: "bad", path, reason: nul, position, size, modified };
  }
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

/** What is wrong with a file, on one line. */
export function fault(inspection: Inspection): string {
  if (inspection.state === "missing") return "there is no such file";
  if (inspection.state === "valid") return "it is valid";
  const { reason, position, size } = inspection;
  return position === undefined || size === 0
    ? reason
    : `${reason}, at position ${position} of ${size}`;
}
