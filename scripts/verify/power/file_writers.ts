import { open, rename } from "node:fs/promises";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { OffsetTable, serialize } from "../../../mod.ts";
import type { Random } from "../../lib/random.ts";
import { syncDirectory } from "./tear.ts";
import { promise, textOf } from "./promises.ts";
import { queueOf } from "./store_session.ts";
import type { Sabotage } from "./writers.ts";
import type { WriteOptions } from "./write.ts";

type WriteFile = (path: string, text: string) => Promise<void>;

/** The programs that do without our store, by what is wrong with them. */
export const FILE_WRITERS: ReadonlyMap<Sabotage | undefined, WriteFile> = new Map<
  Sabotage | undefined,
  WriteFile
>([
  ["in-place", (path, text) => writeWhole(path, text, true)],
  ["rename", async (path, text) => {
    await writeWhole(`${path}.tmp`, text, false);
    await rename(`${path}.tmp`, path);
  }],
  ["write-file-atomic", async (path, text) => {
    const { default: writeFileAtomic } = await import("write-file-atomic");
    await writeFileAtomic(path, text);
  }],
]);

async function writeWhole(path: string, text: string, syncs: boolean): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(text);
    if (syncs) await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes one table after the other in such a way, in directories that are durable. */
export async function writeFiles(
  write: WriteFile,
  root: string,
  { directory, promises, log, generations, queues, pauseMs }: WriteOptions,
  random: Random,
): Promise<void> {
  const main = join(root, "c", "g", "offset.json");
  mkdirSync(dirname(main), { recursive: true });
  for (let each = dirname(main); each.startsWith(directory); each = dirname(each)) {
    syncDirectory(each);
  }
  for (let generation = 1; generation <= generations; generation++) {
    const table = OffsetTable.from(
      Array.from({ length: queues }, (_, i) => [queueOf(i), BigInt(generation * 1000 + i)]),
    );
    promise(promises, log, { begun: generation, table: textOf(table) });
    await write(main, serialize(table, { checksum: false }));
    promise(promises, log, { acknowledged: generation });
    await setTimeout(random.next() * pauseMs);
  }
}
