import { isLinkUnsupported, isMissing } from "../errors/error_code.ts";
import { type FileInfo, isSameInode } from "../fs/file_info.ts";
import { NotRegularFileError } from "../fs/not_regular_file_error.ts";
import { takeAfter } from "../fs/take_after.ts";
import { writeAll } from "../fs/write_file.ts";
import { backupOf } from "../paths.ts";
import { ChangedMeanwhileError } from "./changed_meanwhile_error.ts";
import type { SnapshotWrite } from "./snapshot_write.ts";

/**
 * The state of the second name.
 *
 * - `may be there`: it was made, or its creation failed.
 * - `of the backup`: the backup is the same file, so that a rename of one name over the other would
 *   leave both.
 */
type Name = "not made" | "may be there" | "of the backup";

/**
 * A second name of main, which becomes the backup once the new main is durable (P7).
 *
 * The old backup stays until then: another client may cut main in place at any time.
 */
export class PendingBackup {
  readonly #write: SnapshotWrite;
  readonly #path: string;
  #name: Name = "not made";

  constructor(write: SnapshotWrite, path: string) {
    this.#write = write;
    this.#path = path;
  }

  /**
   * Gives main the second name, and compares what has the name then with what was validated.
   *
   * @throws {ChangedMeanwhileError} If main is another file by now.
   * @throws {NotRegularFileError} If there is no regular file in the backup's place.
   */
  async make(): Promise<void> {
    const { fileSystem, main, isMain, stop } = this.#write;
    const backup = backupOf(main);
    const replaced = await fileSystem.stat(backup);
    if (replaced !== undefined && replaced.kind !== "file") throw new NotRegularFileError(backup);
    stop();
    this.#name = "may be there";
    let kept: FileInfo | undefined;
    try {
      await fileSystem.link(main, this.#path);
      kept = await fileSystem.stat(this.#path);
    } catch (error) {
      if (isMissing(error)) throw new ChangedMeanwhileError();
      if (!isLinkUnsupported(error)) throw error;
      kept = await this.#copy();
    }
    if (kept === undefined || !isMain(kept)) throw new ChangedMeanwhileError();
    if (replaced !== undefined && isSameInode(kept, replaced)) this.#name = "of the backup";
  }

  /** Copies main where there are no hard links; answers main as it was read. */
  async #copy(): Promise<FileInfo> {
    const { fileSystem, main, durability, stop } = this.#write;
    const { bytes, info } = await fileSystem.readFile(main);
    stop();
    const file = await fileSystem.create(this.#path);
    try {
      await writeAll(file, bytes, 0);
      await takeAfter(file, await file.stat(), info);
      if (durability === "full") await file.sync();
    } finally {
      await file.close();
    }
    return info;
  }

  /** Replaces the backup. The new main is durable, so a failure is no failure of the persist. */
  async becomeBackup(): Promise<void> {
    if (this.#name === "not made") return;
    const { fileSystem, main, report } = this.#write;
    const backup = backupOf(main);
    try {
      await fileSystem.rename(this.#path, backup);
      if (this.#name === "may be there") this.#name = "not made";
    } catch (error) {
      report({ kind: "cleanup-failed", path: backup, error });
    }
    await this.remove();
  }

  /** Removes the name, if it is there. */
  async remove(): Promise<void> {
    if (this.#name === "not made") return;
    this.#name = "not made";
    await this.#write.fileSystem.unlink(this.#path).catch(() => {});
  }

  /** Leaves the name to the store, which removes it once a new main is durable. */
  async keepUntilDurable(): Promise<void> {
    if (this.#name === "not made") return;
    this.#name = "not made";
    await this.#write.keepUntilDurable(this.#path);
  }
}
