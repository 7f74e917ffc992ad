import type { FileSystem } from "../fs/file_system.ts";
import type { Diagnostic } from "../options.ts";
import { journalOf, lockOf } from "../paths.ts";

/** RocketMQ's clients persist every five seconds; a lock that is held grows each second. */
const RECENT_MS = 6000;

/** Reports what tells, when a store is opened, that another process may be using it. */
export async function reportOthers(
  fileSystem: FileSystem,
  main: string,
  report: (diagnostic: Diagnostic) => void,
): Promise<void> {
  const isRecent = async (path: string) => {
    const info = await fileSystem.stat(path).catch(() => undefined);
    return info !== undefined && Math.abs(fileSystem.now() - info.mtimeMs) < RECENT_MS;
  };
  if (await isRecent(lockOf(main))) {
    report({ kind: "maybe-shared", path: main, evidence: "lock" });
  } else if (await isRecent(main) || await isRecent(journalOf(main))) {
    report({ kind: "maybe-shared", path: main, evidence: "recent write" });
  }
}
