import type { CommitEvent, Keep, Retire } from "../../core/commit_plan.ts";
import type { Generation } from "../../core/format/generation.ts";
import type { FileInfo } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { dirname } from "../fs/path_names.ts";
import type { Ownership } from "../fs/take_after.ts";
import type { Diagnostic } from "../options.ts";

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
   * Keeps a second name of main until the new main is durable: until then it may be the only sure name
   * of the acknowledged snapshot.
   */
  readonly keepUntilDurable: (path: string) => Promise<void>;
  /** Receives each change of the files. */
  readonly did: (event: CommitEvent<FileInfo>) => void;
}

/** Makes the entries of main's directory durable, unless the store is relaxed. */
export async function syncDirectoryOf(
  { fileSystem, main, durability }: SnapshotWrite,
): Promise<void> {
  if (durability === "full") await fileSystem.syncDirectory(dirname(main));
}
