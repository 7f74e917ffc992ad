import { dirname } from "node:path";
import type { CommitEvent, Keep, Retire } from "../../core/commit_plan.ts";
import type { Generation } from "../../core/format/generation.ts";
import { errorCode, isLinkUnsupported, isMissing } from "../errors/error_code.ts";
import { type FileInfo, isSameFile } from "../fs/file_info.ts";
import type { FileSystem, WritableFile } from "../fs/file_system.ts";
import { NotRegularFileError } from "../fs/not_regular_file_error.ts";
import { type Ownership, takeAfter } from "../fs/take_after.ts";
import { ShortWriteError, writeAll } from "../fs/write_file.ts";
import type { Diagnostic } from "../options.ts";
import { backupOf, journalOf, pendingBackupOf, temporaryOf } from "../paths.ts";
import { keepAside, moveAside } from "../recovery/quarantine.ts";

/** A snapshot that is to replace main, and what the protocol asks its owner. */
export interface SnapshotWrite {
  readonly fileSystem: FileSystem;
  readonly main: string;
  readonly bytes: Uint8Array;
  readonly generation: Generation | undefined;
  readonly keep: Keep;
  readonly retire: Retire;
  readonly durability: "full" | "relaxed";
  /** The file whose owner, group and mode the new one takes. */
  readonly like: Ownership | undefined;
  /** Rejects if the files are not the ones that are to be replaced, or the lock is lost (P9). */
  readonly look: () => Promise<void>;
  /** Tells whether a file is the main that was validated (P7). */
  readonly isMain: (info: FileInfo) => boolean;
  /** Describes the journal if it holds nothing but what the snapshot holds (P9). */
  readonly journalToRemove: () => Promise<FileInfo | "gone" | "changed">;
  /** Throws if the store was abandoned. */
  readonly stop: () => void;
  readonly report: (diagnostic: Diagnostic) => void;
  /**
   * Has a second name of main removed once the new main is durable: while that is in doubt, it may be
   * the only sure name of the acknowledged snapshot.
   */
  readonly keepUntilDurable: (path: string) => Promise<void>;
  /** Is told each change of the files. */
  readonly did: (event: CommitEvent<FileInfo>) => void;
}

/** One step of the protocol. */
export interface SnapshotStep {
  readonly name: string;
  readonly run: (work: SnapshotWork) => Promise<void>;
}

/**
 * The persist protocol (DESIGN: docs/persist-protocol.md): at every instant the old or the new
 * snapshot is there, whole, and after the last step no crash takes the new one back.
 */
export const SNAPSHOT_STEPS: readonly SnapshotStep[] = [
  { name: "create the temporary file", run: (work) => work.create() },
  { name: "write the snapshot", run: (work) => work.write() },
  { name: "backdate the temporary file", run: (work) => work.backdate() },
  { name: "take owner and mode", run: (work) => work.takeOwner() },
  { name: "sync the temporary file", run: (work) => work.syncFile() },
  { name: "close the temporary file", run: (work) => work.close() },
  { name: "look before main is kept", run: (work) => work.look() },
  { name: "keep main", run: (work) => work.keepMain() },
  { name: "sync the directory before the rename", run: (work) => work.syncDirectory() },
  { name: "move a foreign journal aside", run: (work) => work.moveForeignJournal() },
  { name: "sync the directory after the move", run: (work) => work.syncMove() },
  { name: "look before the rename", run: (work) => work.look() },
  { name: "rename the temporary file to main", run: (work) => work.rename() },
  { name: "sync the directory after the rename", run: (work) => work.syncRename() },
  { name: "rename the pending backup to the backup", run: (work) => work.renewBackup() },
  { name: "check the journal", run: (work) => work.checkJournal() },
  { name: "remove the journal", run: (work) => work.removeJournal() },
  { name: "sync the directory after the removal", run: (work) => work.syncRemoval() },
];

/**
 * Replaces main by a snapshot.
 *
 * @returns How certain the new snapshot is if a step failed: `"previous"` if main is still the old
 *   one, `"either"` if not. Nothing failed if there is no error.
 */
export async function replaceSnapshot(
  write: SnapshotWrite,
  steps: readonly SnapshotStep[] = SNAPSHOT_STEPS,
): Promise<FailedSnapshot | undefined> {
  const work = new SnapshotWork(write);
  try {
    for (const step of steps) {
      write.stop();
      await step.run(work);
    }
    return undefined;
  } catch (error) {
    return { error, onDisk: await work.undo(error) };
  }
}

/** Why a snapshot failed, and what is on the disk. */
export interface FailedSnapshot {
  readonly error: unknown;
  readonly onDisk: "previous" | "either";
}

/** Somebody else has changed the files since they were looked at. */
export class ChangedMeanwhileError extends Error {
  override readonly name = "ChangedMeanwhileError";
}

/** The store was abandoned while a commit was under way. */
export class AbandonedError extends Error {
  override readonly name = "AbandonedError";

  constructor() {
    super("the store was abandoned");
  }
}

/** How far a replacement has come. */
type Phase =
  | { readonly is: "begun" }
  /** The temporary file may be there. */
  | { readonly is: "creating" }
  | { readonly is: "open"; readonly file: WritableFile; readonly info: FileInfo }
  /** To close the file again might close another one, which has its descriptor by then. */
  | { readonly is: "closed"; readonly info: FileInfo }
  /** Main may be the new file. */
  | { readonly is: "renaming"; readonly info: FileInfo }
  /** Main is the new file, or may be the old one again after a power cut. */
  | { readonly is: "renamed"; readonly info: FileInfo }
  /** The new main is durable. */
  | { readonly is: "durable" };

/** A replacement that is under way: each method is a step. */
export class SnapshotWork {
  readonly #write: SnapshotWrite;
  readonly #directory: string;
  readonly #temporary: string;
  readonly #pendingBackup: string;
  #phase: Phase = { is: "begun" };
  /** Whether main may have the second name that becomes the backup. */
  #secondName: "none" | "pending" = "none";
  /** The journal that was checked and is to be removed; none if there is no such journal. */
  readonly #removable: FileInfo[] = [];

  constructor(write: SnapshotWrite) {
    const { fileSystem, main } = write;
    const unique = fileSystem.uniqueName();
    this.#write = write;
    this.#directory = dirname(main);
    this.#temporary = temporaryOf(main, unique);
    this.#pendingBackup = pendingBackupOf(main, unique);
  }

  async create(): Promise<void> {
    this.#phase = { is: "creating" };
    const file = await this.#createTemporary();
    try {
      this.#phase = { is: "open", file, info: await file.stat() };
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
  }

  async #createTemporary(): Promise<WritableFile> {
    try {
      return await this.#write.fileSystem.create(this.#temporary);
    } catch (error) {
      // The file is somebody else's.
      if (errorCode(error) === "EEXIST") this.#phase = { is: "begun" };
      throw error;
    }
  }

  async write(): Promise<void> {
    await writeAll(this.#open().file, this.#write.bytes, 0);
  }

  async backdate(): Promise<void> {
    const { file } = this.#open();
    await file.backdate();
    const info = await file.stat();
    const { length } = this.#write.bytes;
    // Some systems accept more bytes than they take.
    if (info.size !== length) throw new ShortWriteError(info.size, length);
    this.#phase = { is: "open", file, info };
  }

  async takeOwner(): Promise<void> {
    const { file, info } = this.#open();
    const { like } = this.#write;
    if (like === undefined) return;
    this.#phase = { is: "open", file, info: { ...info, ...await takeAfter(file, info, like) } };
  }

  async syncFile(): Promise<void> {
    if (this.#write.durability === "full") await this.#open().file.sync();
  }

  async close(): Promise<void> {
    const { file, info } = this.#open();
    this.#phase = { is: "closed", info };
    await file.close();
  }

  async look(): Promise<void> {
    await this.#write.look();
  }

  /** Main gets a second name, so that it is there while and after it is replaced. */
  async keepMain(): Promise<void> {
    const { keep, fileSystem, main, report, did } = this.#write;
    if (keep === "backup") await this.#linkPendingBackup();
    if (keep !== "aside") return;
    const kept = await keepAside(fileSystem, main);
    if (kept === undefined) return;
    did({ event: "kept aside", by: kept.by });
    report({ kind: "kept-aside", path: main, keptAs: kept.path });
  }

  async #linkPendingBackup(): Promise<void> {
    const { fileSystem, main, isMain } = this.#write;
    const backup = backupOf(main);
    const replaced = await fileSystem.stat(backup);
    if (replaced !== undefined && replaced.kind !== "file") throw new NotRegularFileError(backup);
    this.#write.stop();
    this.#secondName = "pending";
    let kept: FileInfo | undefined;
    try {
      await fileSystem.link(main, this.#pendingBackup);
      kept = await fileSystem.stat(this.#pendingBackup);
    } catch (error) {
      if (isMissing(error)) throw new ChangedMeanwhileError();
      if (!isLinkUnsupported(error)) throw error;
      kept = await this.#copyPendingBackup();
    }
    // P7: only the file that was validated becomes the backup.
    if (kept === undefined || !isMain(kept)) throw new ChangedMeanwhileError();
  }

  /** Copies main where there are no hard links; answers main as it was read. */
  async #copyPendingBackup(): Promise<FileInfo> {
    const { fileSystem, main, durability } = this.#write;
    const { bytes, info } = await fileSystem.readFile(main);
    this.#write.stop();
    const file = await fileSystem.create(this.#pendingBackup);
    try {
      await writeAll(file, bytes, 0);
      await takeAfter(file, await file.stat(), info);
      if (durability === "full") await file.sync();
    } finally {
      await file.close();
    }
    return info;
  }

  async syncDirectory(): Promise<void> {
    const { fileSystem, durability } = this.#write;
    if (durability === "full") await fileSystem.syncDirectory(this.#directory);
  }

  async moveForeignJournal(): Promise<void> {
    if (this.#write.retire === "move aside") await this.#moveJournalAside();
  }

  async syncMove(): Promise<void> {
    if (this.#write.retire === "move aside") await this.syncDirectory();
  }

  async #moveJournalAside(): Promise<string | undefined> {
    const { fileSystem, main, report, did } = this.#write;
    const path = journalOf(main);
    const keptAs = await moveAside(fileSystem, path);
    did({ event: "journal moved aside" });
    if (keptAs !== undefined) report({ kind: "kept-aside", path, keptAs });
    return keptAs;
  }

  async rename(): Promise<void> {
    const { fileSystem, main } = this.#write;
    const { info } = this.#written();
    this.#phase = { is: "renaming", info };
    await fileSystem.rename(this.#temporary, main);
    this.#phase = { is: "renamed", info };
  }

  async syncRename(): Promise<void> {
    const { generation, did } = this.#write;
    const info = this.#written().info;
    await this.syncDirectory();
    this.#phase = { is: "durable" };
    did({ event: "replaced", identity: info, generation });
  }

  /** The new main is durable, so a failure here is no failure of the persist. */
  async renewBackup(): Promise<void> {
    const { fileSystem, main, report } = this.#write;
    if (this.#secondName === "none") return;
    try {
      await fileSystem.rename(this.#pendingBackup, backupOf(main));
      // To rename one name of a file over another one leaves both.
      await fileSystem.unlink(this.#pendingBackup).catch(ignoreMissing);
    } catch (error) {
      report({ kind: "cleanup-failed", path: backupOf(main), error });
      await fileSystem.unlink(this.#pendingBackup).catch(() => {});
    }
    this.#secondName = "none";
  }

  async checkJournal(): Promise<void> {
    const { retire, journalToRemove, did } = this.#write;
    if (retire !== "remove") return;
    const journal = await journalToRemove();
    if (journal === "gone") return did({ event: "journal removed" });
    if (journal !== "changed") return void this.#removable.push(journal);
    const keptAs = await this.#moveJournalAside();
    await this.syncDirectory();
    throw new Error(`somebody else has changed the journal meanwhile; it is kept as "${keptAs}"`);
  }

  async removeJournal(): Promise<void> {
    const { fileSystem, main, report, did } = this.#write;
    const path = journalOf(main);
    for (const identity of this.#removable.splice(0)) {
      try {
        await fileSystem.unlink(path).catch(ignoreMissing);
        did({ event: "journal removed" });
        this.#removal = "unsynced";
      } catch (error) {
        // Its generation tells that main holds its records.
        did({ event: "journal stays", identity });
        report({ kind: "cleanup-failed", path, error });
      }
    }
  }

  #removal: "none" | "unsynced" = "none";

  async syncRemoval(): Promise<void> {
    if (this.#removal === "unsynced") await this.syncDirectory();
  }

  /** Removes what a failed step leaves, and tells what is on the disk. */
  async undo(error: unknown): Promise<"previous" | "either"> {
    const { fileSystem, did, keepUntilDurable } = this.#write;
    const phase = this.#phase;
    const isRenamed = phase.is === "renamed" ||
      (phase.is === "renaming" && await this.#mayBeMain(phase.info));
    if ("info" in phase && isRenamed) {
      if (this.#secondName === "pending" && !await this.#isDurableNow(error)) {
        await keepUntilDurable(this.#pendingBackup);
        this.#secondName = "none";
      }
      await this.#removeSecondName();
      did({ event: "in doubt", identity: phase.info });
      return "either";
    }
    await this.#removeSecondName();
    if (phase.is === "durable") return "either";
    if (phase.is === "begun") return "previous";
    if (phase.is === "open") await phase.file.close().catch(() => {});
    await fileSystem.unlink(this.#temporary).catch(() => {});
    return "previous";
  }

  /** Without a failed sync before it, one more sync tells that the new main is durable. */
  async #isDurableNow(error: unknown): Promise<boolean> {
    if (!(error instanceof AbandonedError)) return false;
    return await this.syncDirectory().then(() => true, () => false);
  }

  async #removeSecondName(): Promise<void> {
    if (this.#secondName === "none") return;
    await this.#write.fileSystem.unlink(this.#pendingBackup).catch(() => {});
  }

  async #mayBeMain(info: FileInfo): Promise<boolean> {
    try {
      return isSameFile(await this.#write.fileSystem.stat(this.#write.main), info);
    } catch {
      return true;
    }
  }

  #open(): Extract<Phase, { readonly is: "open" }> {
    const phase = this.#phase;
    return phase.is === "open" ? phase : outOfOrder(phase);
  }

  #written(): Extract<Phase, { readonly info: FileInfo }> {
    const phase = this.#phase;
    return "info" in phase ? phase : outOfOrder(phase);
  }
}

function outOfOrder({ is }: Phase): never {
  throw new Error(`a step of the protocol is out of order: the snapshot is "${is}"`);
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
