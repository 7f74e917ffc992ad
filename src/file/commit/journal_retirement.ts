import { isMissing } from "../errors/error_code.ts";
import type { FileInfo } from "../fs/file_info.ts";
import { journalOf } from "../paths.ts";
import { moveAside } from "../recovery/quarantine.ts";
import { type SnapshotWrite, syncDirectoryOf } from "./snapshot_write.ts";

/** How far the end of a journal has come. */
type Phase =
  | { readonly is: "unchecked" }
  /** Main holds its records, and nobody has changed it since they were read. */
  | { readonly is: "removable"; readonly identity: FileInfo }
  | { readonly is: "removed" };

/**
 * The end of the journal when a snapshot replaces the main file that it extends (J3): each method is a
 * step.
 */
export class JournalRetirement {
  readonly #write: SnapshotWrite;
  readonly #path: string;
  #phase: Phase = { is: "unchecked" };

  constructor(write: SnapshotWrite) {
    this.#write = write;
    this.#path = journalOf(write.main);
  }

  /** Moves a foreign journal aside, before main is replaced: nothing else holds its records. */
  async moveForeign(): Promise<void> {
    if (this.#write.retire !== "move aside") return;
    // Another process may have begun a journal of its own under that name since the last look.
    await this.#write.look();
    await this.#moveAside();
  }

  async syncMove(): Promise<void> {
    if (this.#write.retire === "move aside") await syncDirectoryOf(this.#write);
  }

  async #moveAside(): Promise<string | undefined> {
    const { fileSystem, report, did } = this.#write;
    const keptAs = await moveAside(fileSystem, this.#path);
    did({ event: "journal moved aside" });
    if (keptAs !== undefined) report({ kind: "kept-aside", path: this.#path, keptAs });
    return keptAs;
  }

  /** Looks whether main holds all that the journal says; rejects if somebody else has changed it. */
  async check(): Promise<void> {
    const { retire, journalToRemove, did } = this.#write;
    if (retire !== "remove") return;
    const identity = await journalToRemove();
    if (identity === "gone") return did({ event: "journal removed" });
    if (identity !== "changed") {
      this.#phase = { is: "removable", identity };
      return;
    }
    const keptAs = await this.#moveAside();
    await syncDirectoryOf(this.#write);
    throw new Error(`somebody else has changed the journal meanwhile; it is kept as "${keptAs}"`);
  }

  /** Removes the journal. If it stays, its generation tells that main holds its records. */
  async remove(): Promise<void> {
    const phase = this.#phase;
    if (phase.is !== "removable") return;
    const { fileSystem, report, did } = this.#write;
    try {
      await fileSystem.unlink(this.#path).catch(ignoreMissing);
      did({ event: "journal removed" });
      this.#phase = { is: "removed" };
    } catch (error) {
      did({ event: "journal stays", identity: phase.identity });
      report({ kind: "cleanup-failed", path: this.#path, error });
    }
  }

  async syncRemoval(): Promise<void> {
    if (this.#phase.is === "removed") await syncDirectoryOf(this.#write);
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
