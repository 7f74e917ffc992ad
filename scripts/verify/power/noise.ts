/**
 * Others at work on the same file system until they are killed: small files that are written,
 * renamed, and now and then synced.
 *
 *     noise.ts DIRECTORY
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { Random } from "../../lib/random.ts";
import { syncDirectory } from "./tear.ts";

if (import.meta.main) {
  const directory = join(process.argv[2], "noise");
  mkdirSync(directory, { recursive: true });
  const random = new Random(directory);
  for (;;) {
    const path = join(directory, String(random.below(5)));
    const file = openSync(`${path}.new`, "w");
    writeSync(file, new Uint8Array(200 + random.below(9000)).fill(random.below(256)));
    if (random.chance(0.5)) fsyncSync(file);
    else if (random.chance(0.2)) fdatasyncSync(file);
    closeSync(file);
    renameSync(`${path}.new`, path);
    if (random.chance(0.2)) syncDirectory(directory);
    await setTimeout(random.below(9));
  }
}
