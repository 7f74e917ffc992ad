import { OffsetFileCorruptError } from "../errors/offset_file_corrupt_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { Committer } from "../commit/committer.ts";
import type { CommitRules } from "../commit/committer_options.ts";
import { DirectoryPath } from "../fs/directory_path.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { dirname } from "../fs/path_names.ts";
import { serveMissingCalls } from "../fs/missing_calls.ts";
import { nodeFileSystem } from "../fs/node_file_system.ts";
import { resolveLinks } from "../fs/resolve_links.ts";
import type { Durability, LoadOutcome, OpenOptions } from "../options.ts";
import { storePath } from "../paths.ts";
import { expectDirectories } from "../recovery/expect_directories.ts";
import { moveAside } from "../recovery/quarantine.ts";
import { recover, type Recovery } from "../recovery/recover.ts";
import { reportOthers } from "./report_others.ts";
import { Reporter } from "./reporter.ts";
import { takeLock } from "./take_lock.ts";

/** The files of a store that was opened. */
export interface OpenedFiles {
  /** The path of the main file, as it was configured. */
  readonly path: string;
  readonly committer: Committer;
  readonly outcome: LoadOutcome;
  readonly reporter: Reporter;
}

/** Below this, compacting would cost more than it saves. */
const DEFAULT_JOURNAL_LIMIT = 64 * 1024;

/** Loads a store's files and, if the options say so, resets files that are beyond use. */
export async function openFiles(
  options: OpenOptions,
  rules: CommitRules = {},
): Promise<OpenedFiles> {
  const { durability = "full", fileSystem: given = nodeFileSystem } = options;
  const { root, path } = storePath(options, given.paths);
  const reporter = new Reporter(options.onDiagnostic);
  const { report } = reporter;
  const fileSystem = serveMissingCalls(given, report);
  const main = await resolveLinks(fileSystem, path).catch((error) =>
    explain(fileSystem, path, error)
  );
  const directories = new DirectoryPath(fileSystem, { root, path, main }, report);
  const lock = options.exclusive === true
    ? await takeLock(fileSystem, main, { directories, durability })
    : undefined;
  try {
    const { recovery, outcome } = await load(fileSystem, main, options)
      .catch((error) => explain(fileSystem, main, error));
    const { kind } = outcome;
    if (kind === "fresh") await expectDirectories(fileSystem, dirname(main));
    if (kind !== "fresh" && durability === "full") await syncDirectories(directories, path);
    const committer = new Committer(main, recovery, {
      fileSystem,
      calls: given === nodeFileSystem ? "of node" : "others",
      directories,
      format: options.format ?? "go",
      checksum: options.checksum ?? true,
      durability,
      onConflict: options.onConflict ?? "throw",
      lock,
      journal: journalOption(options.journal),
      report,
      ...rules,
    });
    if (kind === "recovered" || kind === "reset") report({ kind, path, outcome });
    if (lock === undefined && reporter.hasListener) await reportOthers(fileSystem, main, report);
    return { path, committer, outcome, reporter };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Names the file that is in the place of a directory, where the system only says that one is. */
async function explain(fileSystem: FileSystem, main: string, error: unknown): Promise<never> {
  const isBelowFile = error instanceof OffsetLoadError && error.code === "ENOTDIR";
  if (isBelowFile) await expectDirectories(fileSystem, dirname(main));
  throw error;
}

/** Nobody may act on offsets whose directories a power cut takes back (L6). */
async function syncDirectories(directories: DirectoryPath, path: string): Promise<void> {
  try {
    await directories.sync();
  } catch (error) {
    throw new OffsetLoadError(dirname(path), error);
  }
}

function journalOption(journal: OpenOptions["journal"] = false): "none" | { limit: number } {
  if (typeof journal === "boolean") return journal ? { limit: DEFAULT_JOURNAL_LIMIT } : "none";
  return { limit: journal.compactAtBytes };
}

async function load(
  fileSystem: FileSystem,
  main: string,
  { durability = "full", onCorrupt = "throw" }: OpenOptions,
): Promise<{ recovery: Recovery; outcome: LoadOutcome }> {
  try {
    const recovery = await recover(fileSystem, main, durability);
    return { recovery, outcome: outcomeOf(recovery) };
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError) || onCorrupt === "throw") throw error;
    const { faults } = error;
    const keptAside: string[] = [];
    for (const fault of faults) {
      const aside = await moveAsideOrFail(fileSystem, fault.path, durability);
      if (aside !== undefined) keptAside.push(aside);
    }
    // Not reset again: a file that is usable now, perhaps the backup of an edited file, is used.
    const { recovery, outcome } = await load(fileSystem, main, { ...RESET_ONCE, durability });
    const kind = outcome.kind === "fresh" ? "reset" : outcome.kind;
    return { recovery, outcome: { ...outcome, kind, faults, keptAside } };
  }
}

const RESET_ONCE = { clientId: "", group: "", onCorrupt: "throw" } as const;

function outcomeOf({ outcome: kind, source, records, faults }: Recovery): LoadOutcome {
  return { kind, source: source?.path, journalRecords: records, faults, keptAside: [] };
}

async function moveAsideOrFail(
  fileSystem: FileSystem,
  path: string,
  durability: Durability,
): Promise<string | undefined> {
  try {
    const aside = await moveAside(fileSystem, path);
    if (aside !== undefined && durability === "full") await fileSystem.syncDirectory(dirname(path));
    return aside;
  } catch (error) {
    throw new OffsetLoadError(path, error);
  }
}
