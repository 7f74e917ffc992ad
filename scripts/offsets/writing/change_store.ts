import { nodeFileSystem, type OffsetTable } from "../../../mod.ts";
import { serveMissingCalls } from "../../../src/file/fs/missing_calls.ts";
import { resolveLinks } from "../../../src/file/fs/resolve_links.ts";
import type { Ownership } from "../../../src/file/fs/take_after.ts";
import { quote } from "../../lib/escape.ts";
import { type Change, countChanges } from "../changing/change.ts";
import { CommandError } from "../command_line/command_error.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";
import { tellDiagnostic } from "../output/tell_diagnostic.ts";
import { refuseAliOnsPath } from "../reading/ali_ons_file.ts";
import { dropUndo, keepUndo, type KeptUndo, pruneUndo } from "../undo/undo_files.ts";
import type { UndoRecord } from "../undo/undo_text.ts";
import { ownershipOf, type WriteOptions } from "./commit_table.ts";
import { writeStore } from "./write_store.ts";

/** What a store holds before a change. */
export type Before = Pick<UndoRecord, "table" | "format" | "checksum" | "main">;

/** A table that is to replace what a store holds. */
export interface StoreChange extends Omit<WriteOptions, "io" | "fileSystem"> {
  readonly path: string;
  readonly table: OffsetTable;
  /** The state that is kept for `undo`. */
  readonly before: Before;
  readonly changes: readonly Change[];
}

/** What became of a change. */
export interface Changed {
  readonly path: string;
  /** The undo file; `undefined` if there was no main file. */
  readonly undo: string | undefined;
  /** Whether `undo` leads back to something else than what main holds now. */
  readonly canGoBack: boolean;
  /** Where a bad main file is kept. */
  readonly keptAside: string | undefined;
}

/**
 * Writes a table, after what the store holds was kept for `undo`: that is durable before anything
 * changes.
 */
export async function changeStore(change: StoreChange, io: ToolIo): Promise<Changed> {
  const { path, table, replaces, ...options } = change;
  refuseAliOnsPath(path);
  const fileSystem = serveMissingCalls(nodeFileSystem, (found) => tellDiagnostic(io, found));
  const write = () => writeStore(path, table, { ...options, replaces, io, fileSystem });
  if (replaces === undefined) {
    const keptAside = await write();
    return { path, undo: undefined, canGoBack: false, keptAside };
  }
  const main = await resolveLinks(fileSystem, path);
  const record: UndoRecord = {
    ...change.before,
    time: io.now(),
    author: io.author,
    changes: countChanges(change.changes),
  };
  const like = await ownershipOf(fileSystem, main, change) ?? replaces;
  const undo = await keepUndo(fileSystem, main, like, record)
    .catch((error) => cannotKeep(path, error));
  let keptAside: string | undefined;
  try {
    refuseToLockOut(path, like, undo);
    keptAside = await write();
  } catch (error) {
    // In doubt the change may be made, and the undo file is needed.
    const isMade = error instanceof CommandError && error.code === "uncertain";
    if (!isMade) await dropUndo(fileSystem, undo.path);
    throw error;
  }
  await pruneUndo(fileSystem, main).catch((error) =>
    tellDiagnostic(io, { kind: "cleanup-failed", path: main, error })
  );
  return { path, undo: undo.path, canGoBack: canGoBack(change), keptAside };
}

/** After an `accept` or a `compact`, main mostly holds the same offsets in the same form. */
function canGoBack({ before, table, format, checksum }: StoreChange): boolean {
  if (before.main === "bad") return false;
  return !before.table.equals(table) || before.format !== format || before.checksum !== checksum;
}

function cannotKeep(path: string, error: unknown): never {
  throw new CommandError(
    `Cannot keep what ${quote(path)} holds for undo: ${describeSystemError(error)}`,
    `Nothing is changed. ${nextStepAfter(error)}`,
    { path, cause: error },
  );
}

/**
 * Refuses a change after which the owner of main could not read it.
 *
 * Only root can give a file away. The undo file was made in the same way as the new main will be, so
 * it shows the owner, the group and the mode that main would get.
 */
function refuseToLockOut(path: string, main: Ownership, { ownership }: KeptUndo): void {
  if (canStillRead(main, ownership)) return;
  throw new CommandError(
    `Cannot change ${quote(path)}: its owner, user ${main.uid}, could not read it afterwards`,
    "The new file would belong to you, since only root may give files away. Run the same command " +
      "as that user, or as root.",
    { code: "owner", path },
  );
}

/** Tells whether the owner of a file can read the one that replaces it, as far as modes tell. */
export function canStillRead(before: Ownership, after: Ownership): boolean {
  const [READ_OWNER, READ_GROUP, READ_OTHER] = [0o400, 0o040, 0o004];
  if (before.uid === after.uid || (before.mode & READ_OWNER) === 0) return true;
  if ((after.mode & READ_OTHER) !== 0) return true;
  // Users mostly belong to the groups of their files.
  return before.gid === after.gid && (after.mode & READ_GROUP) !== 0;
}
