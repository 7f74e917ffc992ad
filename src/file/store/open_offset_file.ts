import type { FileSystem } from "../fs/file_system.ts";
import { moveAside } from "../recovery/quarantine.ts";
import { type LoadedFiles, recover } from "../recovery/recover.ts";
import { nodeFileSystem } from "../fs/node_file_system.ts";
import { OffsetFile } from "../commit/offset_file.ts";
import { OffsetFileCorruptError } from "../errors/offset_file_corrupt_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import type { Diagnostic, LoadOutcome, OpenOptions } from "../options.ts";
import { resolveLinks } from "../fs/resolve_links.ts";

/** A store's file, and how it was found. */
export interface OpenedFile {
  readonly file: OffsetFile;
  readonly outcome: LoadOutcome;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Below this, compacting would cost more than it saves. */
const DEFAULT_JOURNAL_LIMIT = 64 * 1024;

/** Loads a store's files and, if its owner asked for it, resets what is beyond use. */
export async function openOffsetFile(
  root: string,
  path: string,
  options: OpenOptions,
): Promise<OpenedFile> {
  const { fileSystem = nodeFileSystem, onCorrupt, durability, format, checksum, onConflict } =
    options;
  const { onDiagnostic = () => {} } = options;
  const sync = durability !== "relaxed";
  const report = reporter(onDiagnostic);
  const main = await resolveLinks(fileSystem, path);
  const { files, outcome } = await load(fileSystem, main, sync, onCorrupt === "reset");
  const file = new OffsetFile(main, files, {
    fileSystem,
    root,
    format: format ?? "go",
    checksum: checksum ?? true,
    sync,
    onConflict: onConflict ?? "throw",
    journalLimit: journalLimit(options.journal),
    report,
  });
  const { kind } = outcome;
  // Otherwise a leftover may be the only copy of the offsets, until they are persisted.
  if (kind === "loaded" || kind === "fresh") await file.clearLeftovers();
  if (kind === "recovered" || kind === "reset") report({ kind, path, outcome });
  return { file, outcome, report };
}

function journalLimit(journal: OpenOptions["journal"] = false): number | undefined {
  if (typeof journal === "boolean") return journal ? DEFAULT_JOURNAL_LIMIT : undefined;
  return journal.compactAtBytes;
}

async function load(
  fileSystem: FileSystem,
  main: string,
  sync: boolean,
  reset: boolean,
): Promise<{ files: LoadedFiles; outcome: LoadOutcome }> {
  try {
    const files = await recover(fileSystem, main, sync);
    const { kind, source, journalRecords, faults } = files;
    return { files, outcome: { kind, source, journalRecords, faults, keptAside: [] } };
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError) || !reset) throw error;
    const { faults } = error;
    const keptAside: string[] = [];
    for (const fault of faults) {
      const aside = await moveAsideOrFail(fileSystem, fault.path, sync);
      if (aside !== undefined) keptAside.push(aside);
    }
    // Not reset again: what is usable now, perhaps the backup of an edited file, is used.
    const { files, outcome } = await load(fileSystem, main, sync, false);
    const kind = outcome.kind === "fresh" ? "reset" : outcome.kind;
    return { files, outcome: { ...outcome, kind, faults, keptAside } };
  }
}

async function moveAsideOrFail(
  fileSystem: FileSystem,
  path: string,
  sync: boolean,
): Promise<string | undefined> {
  try {
    return await moveAside(fileSystem, path, sync);
  } catch (error) {
    throw new OffsetLoadError(path, error);
  }
}

function reporter(onDiagnostic: (diagnostic: Diagnostic) => void): OpenedFile["report"] {
  return (diagnostic) => {
    try {
      onDiagnostic(diagnostic);
    } catch {
      // A fault of the listener must not fail what it listens to.
    }
  };
}
