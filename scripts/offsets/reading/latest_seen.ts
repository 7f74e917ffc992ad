import { mergeMax, nodeFileSystem, type OffsetTable } from "../../../mod.ts";
import { readUndoFiles } from "../undo/undo_files.ts";
import { resolveMain } from "./resolve_main.ts";
import { inspectStore } from "./store_files.ts";

/**
 * The greatest offset of each queue that the files of a store hold: main with its journal, the backup,
 * what interrupted writes left, and the undo files.
 */
export async function latestSeen(path: string): Promise<OffsetTable> {
  const { main, backup, leftovers } = await inspectStore(path);
  const files = [main, backup, ...leftovers].flatMap((file) =>
    file.state === "valid" ? [file.table] : []
  );
  const undone = await readUndoFiles(nodeFileSystem, await resolveMain(path));
  const kept = undone.flatMap(({ content }) => "table" in content ? [content.table] : []);
  return [...files, ...kept].reduce((seen, table) => mergeMax(seen, table));
}
