import { type FilesState, isKnownMain, isOwn } from "../../core/files_state.ts";
import { type FileInfo, isSameFile, isSameInode, isYoung } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { statNow } from "../fs/node_stat.ts";
import { dirname } from "../fs/path_names.ts";
import { journalOf } from "../paths.ts";
import type { Observation } from "../recovery/store_view.ts";

/** What the directory looked like when this store's own journal was last seen in it. */
type Sight =
  | { readonly is: "none" }
  | { readonly is: "seen"; readonly directory: FileInfo; readonly journal: FileInfo };

/**
 * Looks at main and its journal.
 *
 * On a system with fine timestamps, to ask for the time of a file makes the next write to it set that
 * time anew, and the sync of such a write takes half as long again. So this store's own journal is
 * not asked while its directory is unchanged: no name came or went, and the journal is still there.
 */
export class Observer {
  readonly #fileSystem: FileSystem;
  readonly #main: string;
  readonly #journal: string;
  readonly #directory: string;
  #sight: Sight = { is: "none" };
  #last: Observation = { main: undefined, journal: undefined };

  constructor(fileSystem: FileSystem, main: string) {
    this.#fileSystem = fileSystem;
    this.#main = main;
    this.#journal = journalOf(main);
    this.#directory = dirname(main);
  }

  /** What the last look has seen. */
  get last(): Observation {
    return this.#last;
  }

  /** Describes main and its journal as they lie there now. */
  async look({ journal }: FilesState<FileInfo>): Promise<Observation> {
    const main = await this.#fileSystem.stat(this.#main);
    if (!isOwn(journal)) {
      return this.#last = { main, journal: await this.#fileSystem.stat(this.#journal) };
    }
    const own = journal.identity;
    const directory = await this.#fileSystem.stat(this.#directory);
    const isThere = this.#isInSight(own, directory);
    return this.#last = { main, journal: isThere ? own : await this.#askJournal(own) };
  }

  /**
   * Whether main and this store's own journal are surely unchanged, as far as two calls of the real
   * file system tell that block this thread. If they are not, `look` finds out more.
   */
  seesNoChange({ main, journal }: FilesState<FileInfo>): boolean {
    return isKnownMain(main, statNow(this.#main), isSameFile) && isOwn(journal) &&
      this.#isInSight(journal.identity, statNow(this.#directory));
  }

  /** Whether this store's own journal is where it was seen, since its directory is as it was then. */
  #isInSight(own: FileInfo, directory: FileInfo | undefined): boolean {
    const sight = this.#sight;
    return sight.is === "seen" && sight.journal === own && isSameFile(directory, sight.directory);
  }

  /** A store that merges comes here each time: its lock is a name in the directory. */
  async #askJournal(own: FileInfo): Promise<FileInfo | undefined> {
    // The age of the directory counts from before the question.
    const since = this.#fileSystem.now();
    const directory = await this.#fileSystem.stat(this.#directory);
    const journal = await this.#fileSystem.stat(this.#journal);
    const isThere = journal !== undefined && isSameInode(journal, own);
    this.#sight = directory !== undefined && isThere && !isYoung(directory, since)
      ? { is: "seen", directory, journal: own }
      : { is: "none" };
    return journal;
  }
}
