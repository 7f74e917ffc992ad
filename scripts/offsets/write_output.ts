import type { OffsetFileFormat, OffsetTable } from "../../mod.ts";
import type { Args } from "./args.ts";
import { CommandError } from "./command_error.ts";
import { quote } from "./escape.ts";
import { inspectFile } from "./inspect_file.ts";
import { writeStore } from "./write_store.ts";

/** Writes a table to a file of its own; one that is there needs `--force` and becomes the backup. */
export async function writeOutput(
  path: string,
  table: OffsetTable,
  format: OffsetFileFormat,
  args: Args,
): Promise<void> {
  const present = await inspectFile(path);
  if (present.state !== "missing" && !args.flag("force")) {
    throw new CommandError(
      `Cannot write ${quote(path)}: it exists`,
      "Choose another name, or add --force to replace it.",
    );
  }
  // A bad file must not replace a good backup.
  await writeStore(path, table, { format, rotate: present.state === "valid" });
}
