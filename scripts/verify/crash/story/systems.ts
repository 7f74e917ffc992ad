import type { FileSystem } from "../../../../src/file/fs/file_system.ts";
import { wrap, wrapFiles } from "../../disk/replace_calls.ts";
import type { SimulatedFileSystem } from "../../disk/simulated_file_system.ts";
import { systemError } from "../../disk/system_error.ts";
import type { System } from "./story.ts";

/** Stands between the processes of ours and the simulated disk. */
export type Wrap = (fs: SimulatedFileSystem) => FileSystem;

/** File systems that do less than others, for all of a story. */
export const SYSTEMS: Readonly<Record<System, Wrap>> = {
  "short writes": (fs) =>
    wrapFiles(fs, (file) => ({ write: (bytes, at) => file.write(bytes.subarray(0, 50), at) })),
  "no hard links": (fs) =>
    wrap(fs, { link: (_, path) => Promise.reject(systemError("EPERM", "link", path)) }),
  "journal cannot be removed": (fs) =>
    wrap(fs, {
      unlink: (path) =>
        path.endsWith(".journal")
          ? Promise.reject(systemError("EBUSY", "unlink", path))
          : fs.unlink(path),
    }),
};
