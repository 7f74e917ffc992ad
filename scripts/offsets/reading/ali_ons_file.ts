import { basename, sep } from "node:path";
import { type FileInfo, OffsetFileSyntaxError, type OffsetTable } from "../../../mod.ts";
import { parseAliOnsBytes } from "../../../src/core/format/parse_bytes.ts";
import { CommandError } from "../command_line/command_error.ts";
import { type Hint, pathOperand } from "../command_line/hint.ts";
import { quote } from "../../lib/escape.ts";

/** A file of ali-ons, the JavaScript client; it is shown and converted, and never written. */
export interface AliOnsFile {
  readonly path: string;
  readonly info: FileInfo;
  /** Its offsets; a queue at -1 has none. */
  readonly table: OffsetTable;
  readonly format: "ali-ons";
  readonly checksum: "none";
  readonly journal?: undefined;
}

/** The table of such a file, or why it has none; a file in another form is neither. */
export type AliOnsContent =
  | { readonly is: "table"; readonly table: OffsetTable }
  | { readonly is: "bad"; readonly reason: string; readonly position: number };

/** How ali-ons spells the first queue. */
const FIRST_QUEUE = /"offsetTable"\s*:\s*\{\s*"\[topic=/;

/** Reads what no other client would take for a table; `undefined` if it is not of ali-ons either. */
export function readAliOns(bytes: Uint8Array): AliOnsContent | undefined {
  if (!FIRST_QUEUE.test(new TextDecoder().decode(bytes))) return undefined;
  try {
    return { is: "table", table: parseAliOnsBytes(bytes) };
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    const { reason, position } = error;
    return {
      is: "bad",
      reason: `${reason}, at position ${position} of a file of ali-ons`,
      position,
    };
  }
}

/** What a file of ali-ons is, for the commands that do not read it. */
export const ALI_ONS_STATE = "it is a file of ali-ons, which no store reads";

/** What to do about such a file. */
export function convertHint(path: string, more?: string) {
  return {
    text: "Convert it for the client that is to read it:",
    command: ["convert", pathOperand(path), "--to", "go", "--out", "OUT"],
    more,
  } satisfies Hint;
}

/**
 * Refuses to write the file that ali-ons reads: it would take any other form for an empty table.
 *
 * @throws {CommandError} If the path is that of such a file, whatever is there.
 */
export function refuseAliOnsPath(path: string): void {
  const isTheirs = path.split(/[\\/]/).includes(".rocketmq_offsets_node") &&
    basename(path) === "offsets.json";
  if (!isTheirs) return;
  const own = path.slice(0, -"offsets.json".length) + "offset.json";
  throw new CommandError(
    `Cannot write ${quote(path)}: ali-ons keeps its own file there, and reads no other form`,
    convertHint(
      path,
      `With the adapter of this module, ali-ons reads ${quote(own.split(sep).join("/"))}`,
    ),
    { code: "ali-ons", path },
  );
}
