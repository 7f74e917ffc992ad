import { SimulatedDisk } from "./simulated_disk.ts";
import { SimulatedFileSystem } from "./simulated_file_system.ts";
import { shippedStore } from "../crash/writer.ts";

/** A disk with the root directory and, if there are files, the store's, all of it durable. */
export async function diskWith(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const fs = new SimulatedFileSystem(disk);
  await fs.makeDirectory("/root");
  const entries = Object.entries(files);
  if (entries.length > 0) {
    await fs.makeDirectory("/root/c");
    await fs.makeDirectory("/root/c/g");
  }
  for (const [name, content] of entries) {
    const path = `/root/c/g/${name}`;
    const file = await fs.create(path);
    await file.write(typeof content === "string" ? new TextEncoder().encode(content) : content, 0);
    await file.sync();
  }
  for (const path of ["/", "/root", ...entries.length > 0 ? ["/root/c", "/root/c/g"] : []]) {
    await fs.syncDirectory(path);
  }
  return disk;
}

/** A disk on which a process with a journal was killed after so many persists of two queues. */
export async function leftByKilled(persists: number): Promise<SimulatedDisk> {
  const disk = await diskWith();
  const writer = shippedStore(2, { journal: { compactAtBytes: 600 } });
  const session = await writer.open(new SimulatedFileSystem(disk));
  for (let n = 1; n <= persists; n++) await session.persist(n);
  return disk;
}
