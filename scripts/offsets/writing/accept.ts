import { findJournal, lonely } from "../reading/apply_journal.ts";
import { convertHint } from "../reading/ali_ons_file.ts";
import { CommandError } from "../command_line/command_error.ts";
import { pathOperand } from "../command_line/hint.ts";
import { quote } from "../../lib/escape.ts";
import type { Io } from "../../lib/io.ts";
import { aliOnsOf, codeOf, fault, readSnapshot } from "../reading/inspect_file.ts";
import { keepBadFile } from "./keep_bad_file.ts";
import { writeStore } from "./write_store.ts";

/**
 * Gives a file that was edited by hand the checksum of its table.
 *
 * The backup stays: it holds the table before, and a file with a wrong checksum is not worth one.
 *
 * @returns Where the file is kept as it was; `undefined` if there was nothing to accept.
 */
export async function accept(path: string, io: Io): Promise<string | undefined> {
  const found = await readSnapshot(path);
  if (found.state === "valid") return undefined;
  if (found.state === "missing" || found.edited === undefined) {
    throw new CommandError(
      `Cannot accept ${quote(path)}: ${fault(found)}`,
      aliOnsOf(found) !== undefined ? convertHint(path) : {
        text: "Only a wrong checksum can be accepted; see what is left with:",
        command: ["rescue", pathOperand(path)],
      },
      { code: codeOf(found), path },
    );
  }
  const { table, format, info, generation } = found.edited;
  // It extends the file as it was before the edit: what it holds is kept, and is not applied.
  const journal = lonely(await findJournal(path));
  const kept = await keepBadFile(path);
  await writeStore(path, table, {
    format,
    checksum: true,
    replaces: info,
    generation,
    journal,
    rotate: false,
    moved: true,
    io,
  });
  return kept;
}
