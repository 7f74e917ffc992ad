import { errorCode } from "../errors/error_code.ts";
import { type FileInfo, isSameFile } from "../fs/file_info.ts";
import type { WritableFile } from "../fs/file_system.ts";
import { takeAfter } from "../fs/take_after.ts";
import { ShortWriteError, writeAll } from "../fs/write_file.ts";
import { pendingBackupOf, temporaryOf } from "../paths.ts";
import { keepAside } from "../recovery/quarantine.ts";
import { AbandonedError } from "./abandoned_error.ts";
import { JournalRetirement } from "./journal_retirement.ts";
import { PendingBackup } from "./pending_backup.ts";
import { type SnapshotWrite, syncDirectoryOf } from "./snapshot_write.ts";

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
  readonly #temporary: string;
  readonly #pendingBackup: PendingBackup;
  readonly journal: JournalRetirement;
  #phase: Phase = { is: "begun" };

  constructor(write: SnapshotWrite) {
    const { fileSystem, main } = write;
    const unique = fileSystem.uniqueName();
    this.#write = write;
    this.#temporary = temporaryOf(main, unique);
    this.#pendingBackup = new PendingBackup(write, pendingBackupOf(main, unique));
    this.journal = new JournalRetirement(write);
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

  /**
   * Looks before a bad main is kept aside: a good one of somebody else must not be reported as bad.
   * The pending backup is compared with the main that was validated, and needs no look.
   */
  async lookBeforeKept(): Promise<void> {
    if (this.#write.keep === "aside") await this.look();
  }

  /** Main gets a second name, so that it is there while and after it is replaced. */
  async keepMain(): Promise<void> {
    const { keep, fileSystem, main, report, did } = this.#write;
    if (keep === "backup") await this.#pendingBackup.make();
    if (keep !== "aside") return;
    const kept = await keepAside(fileSystem, main, () => this.look());
    if (kept === undefined) return;
    did({ event: "kept aside", by: kept.by });
    report({ kind: "kept-aside", path: main, keptAs: kept.path });
  }

  async syncDirectory(): Promise<void> {
    await syncDirectoryOf(this.#write);
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

  async renewBackup(): Promise<void> {
    await this.#pendingBackup.becomeBackup();
  }

  /** Removes what a failed step leaves, and tells what is on the disk. */
  async undo(error: unknown): Promise<"previous" | "either"> {
    const { fileSystem, did } = this.#write;
    const phase = this.#phase;
    const isRenamed = phase.is === "renamed" ||
      (phase.is === "renaming" && await this.#mayBeMain(phase.info));
    if ("info" in phase && isRenamed) {
      if (await this.#isDurableNow(error)) await this.#pendingBackup.remove();
      else await this.#pendingBackup.keepUntilDurable();
      did({ event: "in doubt", identity: phase.info });
      return "either";
    }
    await this.#pendingBackup.remove();
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
