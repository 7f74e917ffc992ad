import { dirname } from "node:path";
import {
  type Diagnostic,
  type FileInfo,
  type FileSystem,
  nodeFileSystem,
  type OffsetFileFormat,
  type OffsetTable,
  serialize,
} from "../../../mod.ts";
import { nextStep } from "../../../src/core/commit_plan.ts";
import type { FilesState, Journal, Main } from "../../../src/core/files_state.ts";
import type { Generation } from "../../../src/core/format/generation.ts";
import { predecessorOf } from "../../../src/file/commit/predecessor.ts";
import { ChangedMeanwhileError } from "../../../src/file/commit/changed_meanwhile_error.ts";
import { replaceSnapshot } from "../../../src/file/commit/replace_snapshot.ts";
import { DirectoryPath } from "../../../src/file/fs/directory_path.ts";
import { isSameFile } from "../../../src/file/fs/file_info.ts";
import { serveMissingCalls } from "../../../src/file/fs/missing_calls.ts";
import { resolveLinks } from "../../../src/file/fs/resolve_links.ts";
import { journalOf } from "../../../src/file/paths.ts";
import { hasSameRecords } from "../../../src/file/recovery/read_journal_file.ts";
import { refuseAliOnsPath } from "../reading/ali_ons_file.ts";
import type { AppliedJournal } from "../reading/apply_journal.ts";
import { CommandError } from "../command_line/command_error.ts";
import { quote } from "../../lib/escape.ts";
import type { Io } from "../../lib/io.ts";
import { describeSystemError, nextStepAfter } from "../output/system_error.ts";
import { tellDiagnostic } from "../output/tell_diagnostic.ts";

/** How to write a store's main file. */
export interface WriteOptions {
  readonly format: OffsetFileFormat;
  readonly checksum: boolean;
  /** What the file was when it was read; `undefined` if it was not there. */
  readonly replaces: FileInfo | undefined;
  /** Its number, if it has one: it is kept, or raised if a journal is folded in. */
  readonly generation: Generation | undefined;
  /** The journal that was read with it: the table holds its records. */
  readonly journal: AppliedJournal | undefined;
  /** What main holds: a valid one becomes the backup, a bad one is kept aside. */
  readonly content: "valid" | "bad";
  /** Where to tell what happens besides. */
  readonly io: Io;
  /** Where the files are, with the calls that it lacks served; the real file system unless told. */
  readonly fileSystem?: FileSystem;
}

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
  const { replaces, journal, io } = options;
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
    let name: "there" | "moved" = "there";
    const look = async (): Promise<void> => {
      const now = await fileSystem.stat(main);
      if (!isSameFile(now, replaces) && !(name === "moved" && now === undefined)) {
        throw new ChangedMeanwhileError();
      }
    };
    const lookAtBoth = async (): Promise<void> => {
      await look();
      const now = await fileSystem.stat(journalOf(main));
      if (!isSameFile(now, journal?.info)) throw new ChangedMeanwhileError();
    };
    await lookAtBoth();
    await directoriesOf(fileSystem, main, report).make("full");
    const step = nextStep(stateOf(options), "ours", {
      changes: "many",
      purpose: "persist",
      onConflict: "throw",
    });
    if (step.do !== "snapshot") throw new Error(`a change leads to "${step.do}"`);
    const { format } = options;
    const { generation } = step;
    const checksum = options.checksum || generation !== undefined;
    const text = serialize(table, { format, checksum, generation });
    const failure = await replaceSnapshot({
      ...step,
      fileSystem,
      main,
      bytes: new TextEncoder().encode(text),
      durability: "full",
      like: replaces ?? await predecessorOf(fileSystem, main),
      // A foreign journal has been moved aside by the second look.
      look: step.retire === "move aside" ? look : lookAtBoth,
      isMain: (info) => isSameFile(info, replaces),
      journalToRemove: async () => await journalToRemove(fileSystem, main, journal),
      stop: () => {},
      report,
      keepUntilDurable: () => Promise.resolve(),
      did: (event) => {
        if (event.event === "kept aside" && event.by === "move") name = "moved";
      },
    });
    if (failure !== undefined) throw failureOf(path, failure);
    return keptAside;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (error instanceof ChangedMeanwhileError) throw changed(path);
    throw notWritten(path, error);
  }
}

/** The clients' own layout: the root is two directories above, for the client id and the group. */
function directoriesOf(
  fileSystem: FileSystem,
  main: string,
  report: (diagnostic: Diagnostic) => void,
): DirectoryPath {
  const root = dirname(dirname(dirname(main)));
  return new DirectoryPath(fileSystem, { root, path: main, main }, report);
}

/** The files as the rules of a commit see them. */
function stateOf({ replaces, generation, journal, content }: WriteOptions): FilesState<FileInfo> {
  return {
    main: mainOf(replaces, generation, content),
    journal: journalStateOf(journal),
    journaling: "off",
  };
}

function mainOf(
  replaces: FileInfo | undefined,
  generation: Generation | undefined,
  content: WriteOptions["content"],
): Main<FileInfo> {
  if (replaces === undefined) return { is: "lost", generation };
  const identities = [replaces];
  if (content === "valid") return { is: "valid", identities, generation };
  const worth = replaces.size === 0 ? "worthless" : "kept";
  return { is: "bad", identities, content: worth, generation };
}

function journalStateOf(journal: AppliedJournal | undefined): Journal<FileInfo> {
  if (journal === undefined) return { is: "absent" };
  const { info, relation, generation } = journal;
  if (relation === "leftover") return { is: "leftover", identity: info };
  const identities = [info];
  return relation === "foreign"
    ? { is: "foreign", identities }
    : { is: "found", identities, generation };
}

/** Main holds its records by now, if nobody has appended to it since it was read. */
async function journalToRemove(
  fileSystem: FileSystem,
  main: string,
  journal: AppliedJournal | undefined,
): Promise<FileInfo | "gone" | "changed"> {
  const path = journalOf(main);
  if (await fileSystem.stat(path) === undefined) return "gone";
  const { info, bytes } = await fileSystem.readFile(path);
  const isUnchanged = journal !== undefined && isSameFile(info, journal.info) &&
    hasSameRecords(bytes, journal.bytes);
  return isUnchanged ? info : "changed";
}

function failureOf(
  path: string,
  { error, onDisk }: { readonly error: unknown; readonly onDisk: "previous" | "either" },
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
