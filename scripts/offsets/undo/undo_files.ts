import type { FileInfo, FileSystem } from "../../../mod.ts";
import { basename, dirname } from "../../../src/file/fs/path_names.ts";
import { type Ownership, takeAfter } from "../../../src/file/fs/take_after.ts";
import { writeAll } from "../../../src/file/fs/write_file.ts";
import { isUndoName, undoOf } from "../../../src/file/paths.ts";
import { parseUndo, type UndoRecord, undoText } from "./undo_text.ts";

/** A store keeps the states before so many changes. */
export const MOST_UNDO_FILES = 10;
/** They take no more room than this together; the newest is kept, however long it is. */
export const MOST_UNDO_BYTES = 64 * 2 ** 20;

/** An undo file that was just written. */
export interface KeptUndo {
  readonly path: string;
  /** Owner, group and mode that it got: those that a new main will get. */
  readonly ownership: Ownership;
}

/**
 * Writes an undo file beside a main file, with the owner, the group and the mode that a new main
 * takes, and makes it durable. A part of a file is removed if that fails.
 *
 * A process that is killed meanwhile leaves a file that ends too early: the change had not begun.
 */
export async function keepUndo(
  fileSystem: FileSystem,
  main: string,
  like: Ownership,
  record: UndoRecord,
): Promise<KeptUndo> {
  const path = undoOf(main, fileSystem.uniqueName());
  const file = await fileSystem.create(path);
  try {
    let ownership: Ownership;
    try {
      const made = await file.stat();
      await writeAll(file, new TextEncoder().encode(undoText(withUser(record, made))), 0);
      ownership = await takeAfter(file, made, like);
      await file.sync();
    } finally {
      await file.close();
    }
    await fileSystem.syncDirectory(dirname(path));
    return { path, ownership };
  } catch (error) {
    await dropUndo(fileSystem, path);
    throw error;
  }
}

/** A file that was just created belongs to the user who runs this process. */
function withUser(record: UndoRecord, { uid }: FileInfo): UndoRecord {
  const { user = String(uid), ...author } = record.author;
  return { ...record, author: { user, ...author } };
}

/** Removes an undo file whose change was not made; if that fails, it says what main holds anyway. */
export async function dropUndo(fileSystem: FileSystem, path: string): Promise<void> {
  await fileSystem.unlink(path).catch(() => {});
}

/** The paths of the undo files of a main file, the newest first. */
export async function undoPaths(fileSystem: FileSystem, main: string): Promise<string[]> {
  const name = basename(main);
  const names = await fileSystem.readDirectory(dirname(main));
  return names.filter((each) => isUndoName(name, each)).sort().reverse()
    .map((each) => main.slice(0, -name.length) + each);
}

/** Removes the oldest undo files of a main file that are too many, or too long together. */
export async function pruneUndo(fileSystem: FileSystem, main: string): Promise<void> {
  let [count, bytes] = [0, 0];
  for (const path of await undoPaths(fileSystem, main)) {
    const info = await fileSystem.stat(path);
    if (info?.kind !== "file") continue;
    count++;
    bytes += info.size;
    const isKept = count === 1 || (count <= MOST_UNDO_FILES && bytes <= MOST_UNDO_BYTES);
    if (!isKept) await fileSystem.unlink(path);
  }
}

/** An undo file, and what it says; a reason if it says nothing. */
export interface UndoFile {
  readonly path: string;
  readonly size: number;
  readonly content: UndoRecord | { readonly fault: string };
}

/** Reads the undo files of a main file, the newest first. */
export async function readUndoFiles(fileSystem: FileSystem, main: string): Promise<UndoFile[]> {
  return await Array.fromAsync(await undoPaths(fileSystem, main), async (path) => {
    try {
      const { bytes } = await fileSystem.readFile(path);
      return { path, size: bytes.length, content: contentOf(bytes) };
    } catch (error) {
      return { path, size: 0, content: { fault: (error as Error).message } };
    }
  });
}

function contentOf(bytes: Uint8Array): UndoFile["content"] {
  try {
    return parseUndo(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { fault: `it is not complete: ${error.message}` };
  }
}

/** Tells whether a change can be undone: whether main held a table before it. */
export function canBeUndone({ content }: Pick<UndoFile, "content">): boolean {
  return "table" in content && content.main !== "bad";
}
