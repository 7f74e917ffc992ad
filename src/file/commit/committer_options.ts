import type { nextStep } from "../../core/commit_plan.ts";
import type { OffsetFileFormat } from "../../core/format/serialize.ts";
import type { DirectoryPath } from "../fs/directory_path.ts";
import type { FileSystem } from "../fs/file_system.ts";
import type { Diagnostic, OnConflict } from "../options.ts";
import type { Lock } from "./lock_file.ts";
import type { SnapshotStep } from "./replace_snapshot.ts";

/** The rules of a commit; tests replace them, such as to show that each step is needed. */
export interface CommitRules {
  /** The steps of a snapshot. */
  readonly protocol?: readonly SnapshotStep[];
  /** Decides what a commit does next. */
  readonly plan?: typeof nextStep;
  /** The longest file that is written. */
  readonly longest?: number;
}

/** What a committer is made with. */
export interface CommitterOptions extends CommitRules {
  readonly fileSystem: FileSystem;
  /** Whether it makes the calls of `nodeFileSystem`, which may be made without promises, too. */
  readonly calls: "of node" | "others";
  readonly directories: DirectoryPath;
  readonly format: OffsetFileFormat;
  readonly checksum: boolean;
  readonly durability: "full" | "relaxed";
  readonly onConflict: OnConflict;
  /** The lock that this store holds for as long as it is open. */
  readonly lock: Lock | undefined;
  /** How long a journal becomes before a snapshot replaces it; `"none"` without a journal. */
  readonly journal: "none" | { readonly limit: number };
  readonly report: (diagnostic: Diagnostic) => void;
}
