import type { FileSystem } from "../fs/file_system.ts";
import type { Diagnostic } from "../options.ts";
import { removeLeftovers } from "../recovery/temporary_files.ts";

/**
 * The temporary files beside main that no commit needs any more (P8): a process that was killed leaves
 * them, and a store that goes on leaves none.
 */
export class Leftovers {
  readonly #fileSystem: FileSystem;
  readonly #main: string;
  readonly #report: (diagnostic: Diagnostic) => void;
  #search: "due" | "done" = "due";
  /** Pending backups that others left: older than main once a snapshot is durable. */
  readonly #stalePendingBackups = new Set<string>();
  /** The pending backup of this store's commit whose outcome is in doubt. */
  readonly #keptPendingBackups = new Set<string>();

  constructor(fileSystem: FileSystem, main: string, report: (diagnostic: Diagnostic) => void) {
    this.#fileSystem = fileSystem;
    this.#main = main;
    this.#report = report;
  }

  /** Removes those that are a minute old, before anything is written: a full disk needs their room. */
  async removeOld(): Promise<void> {
    if (this.#search === "done") return;
    this.#search = "done";
    try {
      const { pendingBackups, temporaries } = await removeLeftovers(this.#fileSystem, this.#main);
      // Younger ones may turn out to be leftovers, too.
      if (pendingBackups.length + temporaries.length > 0) this.#search = "due";
      for (const path of pendingBackups) this.#stalePendingBackups.add(path);
    } catch (error) {
      this.#report({ kind: "cleanup-failed", path: this.#main, error });
    }
  }

  /**
   * Keeps a pending backup while it is in doubt whether the new main is durable: it may be the only
   * sure name of the acknowledged snapshot. A later one would only be litter.
   */
  async keepUntilDurable(path: string): Promise<void> {
    if (this.#keptPendingBackups.size === 0) this.#keptPendingBackups.add(path);
    else await this.#fileSystem.unlink(path).catch(() => {});
  }

  /** A load prefers a pending backup to the backup, so none may outlive the main that it stands for. */
  async removePendingBackups(): Promise<void> {
    for (const paths of [this.#stalePendingBackups, this.#keptPendingBackups]) {
      for (const path of paths) await this.#fileSystem.unlink(path).catch(() => {});
      paths.clear();
    }
  }
}
