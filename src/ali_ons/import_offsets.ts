import { readFile, stat } from "node:fs/promises";
import { parseAliOnsBytes } from "../core/format/parse_bytes.ts";
import { OffsetTable } from "../core/mod.ts";
import type { LocalFileOffsetStore } from "../file/store/local_file_offset_store.ts";
import { LocalOffsetsError } from "./local_offsets_error.ts";

/**
 * Takes over what a file of ali-ons holds, and makes it durable. The file stays as it is.
 *
 * A store that has files of its own is ahead of the file of ali-ons, so it imports nothing.
 *
 * @throws {LocalOffsetsError} If the file is there and cannot be read whole.
 */
export async function importOffsets(store: LocalFileOffsetStore, path: string): Promise<void> {
  if (store.loadOutcome.kind !== "fresh") return;
  for (const [mq, offset] of await readTable(path)) store.update(mq, offset, true);
  await store.persist();
}

async function readTable(path: string): Promise<OffsetTable> {
  try {
    // To read a pipe would wait for ever.
    if (!(await stat(path)).isFile()) throw new Error("it is not a regular file");
    return parseAliOnsBytes(await readFile(path));
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return OffsetTable.empty;
    const advice = 'Repair or remove the file, or set "importFrom" to false to start without it';
    throw new LocalOffsetsError(`import offsets from ${JSON.stringify(path)}`, error, advice);
  }
}
