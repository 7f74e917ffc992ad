import type { OffsetFileFormat, OffsetTable } from "../../../mod.ts";
import { ALI_ONS_STATE } from "../reading/ali_ons_file.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import { quote } from "../../lib/escape.ts";
import type { Io } from "../../lib/io.ts";
import { aliOnsOf, infoOf, readSnapshot } from "../reading/inspect_file.ts";
import { writeStore } from "./write_store.ts";

/**
 * Writes a table to a file of its own; one that is there needs `--force` and becomes the backup.
 *
 * @param checksum Whether the file is to bear one.
 */
export async function writeOutput(
  path: string,
  table: OffsetTable,
  { format, checksum }: { readonly format: OffsetFileFormat; readonly checksum: boolean },
  args: Args,
  io: Io,
): Promise<void> {
  const present = await readSnapshot(path);
  if (aliOnsOf(present) !== undefined) {
    throw new CommandError(
      `Cannot write ${quote(path)}: ${ALI_ONS_STATE}`,
      "ali-ons reads no other form. Choose another name.",
      { code: "ali-ons", path },
    );
  }
  if (present.state !== "missing" && !args.flag("force")) {
    throw new CommandError(
      `Cannot write ${quote(path)}: it exists`,
      "Choose another name, or add --force to replace it.",
      { code: "exists", path },
    );
  }
  // A bad file must not replace a good backup.
  const rotate = present.state === "valid";
  // What it held goes, and so does what a journal added to it.
  const { journal, generation } = present.state === "valid" ? present : NOTHING;
  const replaces = infoOf(present);
  await writeStore(path, table, { format, checksum, replaces, generation, journal, rotate, io });
}

const NOTHING = { journal: undefined, generation: undefined };
