import assert from "node:assert/strict";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { DIRECTORY, DiskProcess } from "./disk_process.ts";

/** Calls that change nothing that anybody could see. */
const LOOKS = /^(?:readFile|stat|fstat|readLink|readDirectory|syncFile|syncDirectory|pause|close) /;

/** Of a list of calls, those that change files or names. */
export function changesOf(calls: readonly string[]): string[] {
  return calls.filter((call) => !LOOKS.test(call));
}

/** All the files of the store, each with its text. */
export async function filesOf(disk: SimulatedDisk): Promise<Record<string, string>> {
  const { disk: fs } = new DiskProcess(disk);
  const names = await fs.readDirectory(DIRECTORY).catch(() => []);
  const texts = names.sort().map(async (name) => {
    const { bytes } = await fs.readFile(`${DIRECTORY}/${name}`);
    return [name, new TextDecoder().decode(bytes)] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** Expects that no names are left but those of main, the backup and the journal. */
export async function expectTidy(disk: SimulatedDisk, story: string): Promise<void> {
  const names = Object.keys(await filesOf(disk));
  const others = names.filter((name) => !/^offset\.json(?:\.bak|\.journal)?$/.test(name));
  assert.deepEqual(others, [], story);
}
