import { dirname } from "node:path";
import {
  type Diagnostic,
  type FileInfo,
  type FileSystem,
  type OffsetFileFormat,
  type OffsetTable,
  serialize,
} from "../../../mod.ts";
import { after, nextStep } from "../../../src/core/commit_plan.ts";
import {
  type FilesState,
  isKnownMain,
  isOurs,
  type Journal,
  type Main,
} from "../../../src/core/files_state.ts";
import type { Generation } from "../../../src/core/format/generation.ts";
import { ChangedMeanwhileError } from "../../../src/file/commit/changed_meanwhile_error.ts";
import { JournalFiles } from "../../../src/file/commit/journal_files.ts";
import { Observer } from "../../../src/file/commit/observer.ts";
import { predecessorOf } from "../../../src/file/commit/predecessor.ts";
import { type FailedSnapshot, replaceSnapshot } from "../../../src/file/commit/replace_snapshot.ts";
import { DirectoryPath } from "../../../src/file/fs/directory_path.ts";
import { isSameFile, isSameInode } from "../../../src/file/fs/file_info.ts";
import { LONGEST_FILE } from "../../../src/file/fs/longest_file.ts";
import type { Ownership } from "../../../src/file/fs/take_after.ts";
import { removeLeftovers } from "../../../src/file/recovery/temporary_files.ts";
import type { Io } from "../../lib/io.ts";
import type { AppliedJournal } from "../reading/apply_journal.ts";

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
  /** Where the files are, with the calls that it lacks served; the real file system by default. */
  readonly fileSystem?: FileSystem;
}

/** One commit, as a store makes it: observe, decide, execute. */
export async function commitTable(
  fileSystem: FileSystem,
  main: string,
  table: OffsetTable,
  options: WriteOptions,
  report: (diagnostic: Diagnostic) => void,
): Promise<FailedSnapshot | undefined> {
  const { replaces, journal, format, content } = options;
  let state = stateOf(options);
  const observer = new Observer(fileSystem, main);
  const look = async () => {
    const isSeen = isOurs(state, await observer.look(state), { isSame: isSameFile, isSameInode });
    if (!isSeen) throw new ChangedMeanwhileError();
  };
  const limits = { durability: "full", limit: 0, longest: LONGEST_FILE } as const;
  const journals = new JournalFiles(fileSystem, main, limits);
  if (journal !== undefined) journals.rememberContent(journal);

  await look();
  await directoriesOf(fileSystem, main, report).make("full");
  if (replaces !== undefined && content === "valid") {
    // P8: only old ones. A consumer may be at work, and need its own until its commit is done.
    await removeLeftovers(fileSystem, main)
      .catch((error) => report({ kind: "cleanup-failed", path: main, error }));
  }
  const request = { changes: "many", purpose: "persist", onConflict: "throw" } as const;
  const step = nextStep(state, "ours", request);
  if (step.do !== "snapshot") throw new Error(`a change leads to "${step.do}"`);
  const { generation } = step;
  const checksum = options.checksum || generation !== undefined;
  return await replaceSnapshot({
    ...step,
    fileSystem,
    main,
    bytes: new TextEncoder().encode(serialize(table, { format, checksum, generation })),
    durability: "full",
    like: await ownershipOf(fileSystem, main, options),
    look,
    isMain: (info) => isKnownMain(state.main, info, isSameFile),
    journalToRemove: () => journals.toRemove(state.journal),
    stop: () => {},
    report,
    // The next store that persists removes it.
    keepUntilDurable: () => Promise.resolve(),
    did: (event) => void (state = after(state, event)),
  });
}

/** Whose owner, group and mode the new main takes (O1). */
export async function ownershipOf(
  fileSystem: FileSystem,
  main: string,
  { replaces, content }: Pick<WriteOptions, "replaces" | "content">,
): Promise<Ownership | undefined> {
  if (replaces !== undefined && content === "valid") return replaces;
  return await predecessorOf(fileSystem, main, content);
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
