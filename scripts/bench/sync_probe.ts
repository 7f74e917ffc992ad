/** The program in which strace counts what a store syncs: `sync_probe.ts STORE DIRECTORY`. */
import { mkdir, readFile } from "node:fs/promises";
import process from "node:process";
import { PEERS } from "./peers/all.ts";

/** A file that is not there, whose opening is seen in a trace. */
export const MARK = "/offsets-bench-mark";

/** Opens a store, and persists twice: the second time is what is counted. */
async function persistOnce(name: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const peer = PEERS.find((each) => each.name === name);
  if (peer === undefined) {
    throw new RangeError(`Cannot probe ${JSON.stringify(name)}: no such store`);
  }
  const contender = await peer.open({ directory, queues: 16 });
  await contender.persist();
  // A mark in the trace: what comes before is the opening.
  await readFile(MARK).catch(() => {});
  await contender.persist();
  await readFile(MARK).catch(() => {});
  process.exit(0);
}

if (import.meta.main) await persistOnce(process.argv[2], process.argv[3]);
