import { crc32 } from "node:zlib";
import type { FileInfo } from "../../../mod.ts";
import { OffsetFileSyntaxError } from "../../../src/core/format/offset_file_syntax_error.ts";
import { parseBytes } from "../../../src/core/format/parse_bytes.ts";
import { CommandError } from "../command_line/command_error.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import type { AliOnsFile } from "./ali_ons_file.ts";
import { aliOnsOf, fault, inspectionOf, type ValidInspection } from "./inspect_file.ts";

/** How an operand says standard input. */
export const STANDARD_INPUT = "-";

/** Reads an offset file from standard input, in any form; no journal belongs to it. */
export async function readInput(action: string, io: ToolIo): Promise<ValidInspection | AliOnsFile> {
  const bytes = await io.input!();
  const info = infoOf(bytes, io.now());
  const about = { path: STANDARD_INPUT, info, bytes, age: "settled" } as const;
  try {
    const id = { length: bytes.length, crc32: crc32(bytes) };
    const snapshot = parseBytes(bytes, crc32);
    const valid = inspectionOf({ is: "valid", ...about, id, ...snapshot });
    if (valid.state === "valid") return valid;
  } catch (cause) {
    if (!(cause instanceof OffsetFileSyntaxError)) throw cause;
    const reason = bytes.length === 0
      ? "it is empty"
      : `${cause.reason}, at position ${cause.position}`;
    const found = inspectionOf({ is: "bad", ...about, reason, cause });
    const aliOns = aliOnsOf(found);
    if (aliOns !== undefined) return aliOns;
    throw new CommandError(
      `Cannot ${action} standard input: ${fault(found)}`,
      "Pass all of an offset file to it.",
      { code: "bad", path: STANDARD_INPUT },
    );
  }
  throw new Error("a snapshot that was read is valid");
}

/** Of what is known of a file, only its length and its time are shown. */
function infoOf({ length }: Uint8Array, now: number): FileInfo {
  return { kind: "file", dev: 0, ino: 0, size: length, mtimeMs: now, mode: 0, uid: 0, gid: 0 };
}
