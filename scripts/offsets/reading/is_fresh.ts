import { readSnapshot } from "./inspect_file.ts";
import { inspectStore } from "./store_files.ts";

/**
 * Tells whether there is no store at a path. A missing main beside a backup is a store to rescue, not
 * a new one.
 */
export async function isFresh(path: string): Promise<boolean> {
  if ((await readSnapshot(path)).state !== "missing") return false;
  const { backup, leftovers, journal } = await inspectStore(path);
  return backup.state === "missing" && journal.is === "missing" && leftovers.length === 0;
}
