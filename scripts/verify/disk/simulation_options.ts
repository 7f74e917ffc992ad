import type { PathStyle } from "../../../src/file/path_rules.ts";
import type { Rights } from "./simulated_disk.ts";

/** How a simulated file system behaves. */
export interface SimulationOptions {
  /** Whether a rename falls apart: remove the destination, add it anew, remove the source. */
  readonly splitRename?: boolean;
  /** Is called before each micro-operation, with what it will be. */
  readonly beforeStep?: (what: string) => void;
  /**
   * The resolution of the file system's times: 1000 on ext3, 2000 on FAT. A tick of the disk's clock
   * is a millisecond then. Without this option no two changes have the same time, and all of them are
   * seconds past.
   */
  readonly timesMs?: number;
  /** The user of the process: root by default. */
  readonly user?: Omit<Rights, "mode">;
  /** `"posix"` by default. */
  readonly paths?: PathStyle;
}
