import { dirname } from "node:path";
import {
  type FileInfo,
  nodeFileSystem,
  type OffsetFileFormat,
  type OffsetTable,
  serialize,
} from "../../mod.ts";
import { ensureDirectory } from "../../src/file/fs/ensure_directory.ts";
import { isSameFile } from "../../src/file/fs/file_system.ts";
import { journalOf } from "../../src/file/paths.ts";
import { moveAside } from "../../src/file/recovery/quarantine.ts";
import { resolveLinks } from "../../src/file/fs/resolve_links.ts";
import { statIfThere } from "../../src/file/fs/stat_if_there.ts";
import { replaceSnapshot } from "../../src/file/commit/replace_snapshot.ts";
import type { AppliedJournal } from "./apply_journal.ts";
import { CommandError } from "./command_error.ts";
import { quote } from "../lib/escape.ts";
import { describeSystemError } from "./system_error.ts";

/** How to write a store's main file. */
export interface WriteOptions {
  readonly format: OffsetFileFormat;
  readonly checksum: boolean;
  /** What the file was when it was read; `undefined` if it was not there. */
  readonly replaces: FileInfo | undefined;
  /** The journal that was read with it: the table holds its records. */
  readonly journal: AppliedJournal | undefined;
  /** Whether what is replaced becomes the backup; only a valid file may. */
  readonly rotate: boolean;
  /** Whether it may have been moved away by us since. */
  readonly moved?: boolean;
}

/**
 * Writes a table as the store does: at every instant the old or the new file is there, whole.
 *
 * It refuses if the file is not the one that was read: a consumer that still runs would lose what
 * it wrote in the meantime.
 */
export async function writeStore(
  path: string,
  table: OffsetTable,
  { format, checksum, replaces, journal, rotate, moved = false }: WriteOptions,
): Promise<void> {
  const bytes = new TextEncoder().encode(serialize(table, { format, checksum }));
  let doubt: unknown;
  try {
    const main = await resolveLinks(nodeFileSystem, path);
    const confirm = async () => {
      const now = await statIfThere(nodeFileSystem, main);
      const isSame = isSameFile(now, replaces) || (moved && now === undefined);
      const nowJournal = await statIfThere(nodeFileSystem, journalOf(main));
      if (!isSame || !isSameFile(nowJournal, journal?.info)) throw changed(path);
    };
    const directory = dirname(main);
    await confirm();
    await ensureDirectory(nodeFileSystem, directory, directory, true);
    const options = { rotate, isMainSure: false, sync: true, confirm, replaces };
    ({ doubt } = await replaceSnapshot(nodeFileSystem, main, bytes, options));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `Cannot write ${quote(path)}: ${describeSystemError(error)}`,
      "The file is as it was; make room or give permission, then run the same command again.",
      { cause: error },
    );
  }
  if (doubt === undefined) return await removeJournal(path, journal);
  throw new CommandError(
    `Cannot make sure that ${quote(path)} is written: ${describeSystemError(doubt)}`,
    "The new file is there, but may be the old one again after a power cut.",
    { cause: doubt },
  );
}

/** Main holds its records by now; those that it does not hold are kept. */
async function removeJournal(path: string, journal: AppliedJournal | undefined): Promise<void> {
  if (journal === undefined) return;
  try {
    if (journal.isForeign) await moveAside(nodeFileSystem, journal.path, true);
    else {
      await nodeFileSystem.unlink(journal.path);
      // A power cut that brought it back would bring back what was lowered or deleted.
      await nodeFileSystem.syncDirectory(dirname(journal.path));
    }
  } catch (error) {
    throw new CommandError(
      `Cannot remove the journal of ${quote(path)}: ${describeSystemError(error)}`,
      `The file is written; remove ${quote(journal.path)} by hand.`,
      { cause: error },
    );
  }
}

function changed(path: string): CommandError {
  return new CommandError(
    `Cannot write ${quote(path)}: somebody else has just changed it`,
    "Stop the consumer that uses it, then run the same command again.",
  );
}
