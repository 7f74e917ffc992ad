/**
 * Finds out whether a consumer is at work on a store: to change the files under it is of no use, since
 * its next persist overwrites them or is refused.
 *
 * Consumers persist every five seconds. Files that nobody has touched for ten seconds are at rest.
 * Younger ones are watched for six seconds. A consumer of this module that has nothing to persist
 * and holds no lock leaves no sign; its next persist is refused with a conflict.
 */
import { type FileInfo, nodeFileSystem } from "../../../mod.ts";
import { isSameFile, isSameInode } from "../../../src/file/fs/file_info.ts";
import { journalOf, lockOf } from "../../../src/file/paths.ts";
import { quote } from "../../lib/escape.ts";
import type { Io } from "../../lib/io.ts";
import { resolveMain } from "../reading/resolve_main.ts";

/** Files that nobody has touched for so long are at rest. */
export const AT_REST_MS = 10_000;
/** Consumers persist every five seconds. */
export const WATCH_MS = 6000;
const LOOK_EVERY_MS = 250;

/** The files that a consumer at work changes. */
interface Sight {
  readonly main: FileInfo | undefined;
  readonly journal: FileInfo | undefined;
  readonly lock: FileInfo | undefined;
}

/** What shows that a consumer is at work on a store. */
export interface SignOfLife {
  /** The main file. */
  readonly path: string;
  /** In words, such as `its journal has just changed`. */
  readonly sign: string;
}

/**
 * Watches stores whose files are young.
 *
 * @param paths The main files.
 * @returns The first sign of a consumer at work; `undefined` if there is none.
 */
export async function findLiveConsumer(
  paths: readonly string[],
  io: Io,
): Promise<SignOfLife | undefined> {
  const mains = await Promise.all(paths.map(resolveMain));
  const first = await Promise.all(mains.map(look));
  const young = mains.flatMap((main, i) =>
    isAtRest(first[i], io.now()) ? [] : [{ path: paths[i], main, first: first[i] }]
  );
  if (young.length === 0) return undefined;
  const others = young.length > 1 ? ` and ${young.length - 1} more` : "";
  io.err(
    `Watching ${quote(young[0].path)}${others} for ${WATCH_MS / 1000} s, since it was just ` +
      "written (--no-wait skips this)\n",
  );
  for (let waited = 0; waited < WATCH_MS; waited += LOOK_EVERY_MS) {
    const goesOn = await io.sleep(LOOK_EVERY_MS);
    for (const { path, main, first } of young) {
      const sign = signOf(first, await look(main));
      if (sign !== undefined) return { path, sign };
    }
    if (!goesOn) break;
  }
  return undefined;
}

async function look(main: string): Promise<Sight> {
  const [info, journal, lock] = await Promise.all(
    [main, journalOf(main), lockOf(main)].map((path) =>
      // A file that cannot be described is judged by the command that reads it.
      nodeFileSystem.stat(path).catch(() => undefined)
    ),
  );
  return { main: info, journal, lock };
}

/** A time in the future is of another clock, and so may be of just now. */
function isAtRest({ main, journal, lock }: Sight, now: number): boolean {
  return [main, journal, lock].every((info) =>
    info?.kind !== "file" || now - info.mtimeMs >= AT_REST_MS
  );
}

function signOf(before: Sight, now: Sight): string | undefined {
  if (!isSameFile(before.main, now.main)) return "its main file has just changed";
  if (!isSameFile(before.journal, now.journal)) return "its journal has just changed";
  if (now.lock === undefined) return undefined;
  const { lock } = before;
  if (lock === undefined || !isSameInode(lock, now.lock)) return "its lock was just taken";
  return lock.size === now.lock.size ? undefined : "its lock grows";
}
