import { type FileSystem, nodeFileSystem } from "../../mod.ts";
import { type Run, run } from "../scripts/offsets_run.ts";
import type { DiskProcess } from "./disk_process.ts";

/**
 * Runs the operator's tool as a process on a simulated disk.
 *
 * The tool makes its calls through `nodeFileSystem`, whose methods are replaced for the time.
 */
export async function runTool(process: DiskProcess, ...args: readonly string[]): Promise<Run> {
  const methods: FileSystem = { ...nodeFileSystem };
  Object.assign(nodeFileSystem, process.system.fileSystem);
  try {
    return await run(args);
  } finally {
    Object.assign(nodeFileSystem, methods);
  }
}
