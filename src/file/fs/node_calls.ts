import { linkSync, open, openSync, renameSync, unlinkSync } from "node:fs";
import * as fs from "node:fs/promises";
import { promisify } from "node:util";

/**
 * The calls of `node:fs` that fail on Windows while another program has a file open, in this thread
 * and in another. Tests replace them by calls that are busy at first.
 */
export const nodeCalls = {
  openSync,
  open: promisify(open),
  openToRead: (path: string): Promise<fs.FileHandle> => fs.open(path, "r"),
  linkSync,
  link: fs.link,
  renameSync,
  rename: fs.rename,
  unlinkSync,
  unlink: fs.unlink,
  rmdir: fs.rmdir,
};

/** See `nodeCalls`. */
export type NodeCalls = typeof nodeCalls;
