import { type Diagnostic, nodeFileSystem, type OffsetTable } from "../../../mod.ts";
import { ChangedMeanwhileError } from "../../../src/file/commit/changed_meanwhile_error.ts";
import type { FailedSnapshot } from "../../../src/file/commit/replace_snapshot.ts";
import { serveMissingCalls } from "../../../src/file/fs/missing_calls.ts";
import { resolveLinks } from "../../../src/file/fs/resolve_links.ts";
import { quote } from "../../lib/escape.ts";
import { CommandError } from "../command_line/command_error.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";
import { tellDiagnostic } from "../output/tell_diagnostic.ts";
import { refuseAliOnsPath } from "../reading/ali_ons_file.ts";
import { commitTable, type WriteOptions } from "./commit_table.ts";

/**
 * Writes a table by the store's own rules and protocol: at every instant the old or the new file is
 * there, whole.
 *
 * It refuses if the file is not the one that was read: a consumer that still runs would lose what
 * it wrote in the meantime.
 *
 * @returns Where a bad main file is kept.
 */
export async function writeStore(
  path: string,
  table: OffsetTable,
  options: WriteOptions,
): Promise<string | undefined> {
  refuseAliOnsPath(path);
  const { io } = options;
  let keptAside: string | undefined;
  const report = (diagnostic: Diagnostic) => {
    if (diagnostic.kind === "kept-aside" && diagnostic.path === main) keptAside = diagnostic.keptAs;
    else tellDiagnostic(io, diagnostic);
  };
  const { fileSystem = serveMissingCalls(nodeFileSystem, report) } = options;
  // The link that leads to it stays one.
  let main = path;
  try {
    main = await resolveLinks(fileSystem, path);
    const failure = await commitTable(fileSystem, main, table, options, report);
    if (failure !== undefined) throw failureOf(path, failure);
    return keptAside;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (error instanceof ChangedMeanwhileError) throw changed(path);
    throw notWritten(path, error);
  }
}

function failureOf(
  path: string,
  { error, onDisk }: FailedSnapshot,
): unknown {
  if (onDisk === "previous") return error;
  return new CommandError(
    `Cannot make sure that ${quote(path)} is written: ${describeSystemError(error)}`,
    "The new file is there, but may be the old one again after a power cut.",
    { code: "uncertain", path, cause: error },
  );
}

function notWritten(path: string, error: unknown): CommandError {
  return new CommandError(
    `Cannot write ${quote(path)}: ${describeSystemError(error)}`,
    `The file is as it was. ${nextStepAfter(error)}`,
    { path, cause: error },
  );
}

function changed(path: string): CommandError {
  return new CommandError(
    `Cannot write ${quote(path)}: somebody else has just changed it`,
    "Stop the consumer that uses it, then run the same command again.",
    { code: "changed", path },
  );
}
