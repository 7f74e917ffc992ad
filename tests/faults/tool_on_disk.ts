import { wrap } from "../../scripts/verify/disk/replace_calls.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import type { FileSystem } from "../../src/file/fs/file_system.ts";
import { nodeFileSystem } from "../../mod.ts";
import { FaultyFileSystem } from "../support/faulty_file_system.ts";
import { type Run, run } from "../scripts/offsets_run.ts";

/**
 * Runs the operator's tool on a simulated disk.
 *
 * The tool makes its calls through `nodeFileSystem`, whose methods are replaced for the time.
 *
 * @returns What it printed, and the calls that it made, as `unlink /root/c/g/…`.
 */
export async function runOnDisk(
  disk: SimulatedDisk,
  args: readonly string[],
): Promise<Run & { readonly calls: readonly string[] }> {
  const system = new FaultyFileSystem(wrap(new SimulatedFileSystem(disk), {}));
  const calls: string[] = [];
  system.before = ({ name, path }) => void calls.push(`${name} ${path}`);
  const methods: FileSystem = { ...nodeFileSystem };
  Object.assign(nodeFileSystem, system.fileSystem);
  try {
    return { ...await run(args), calls };
  } finally {
    Object.assign(nodeFileSystem, methods);
  }
}
