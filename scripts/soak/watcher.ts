/**
 * Reads the main file all the time while others write it, until its standard input ends.
 *
 *     watcher.ts FILE '{"monotonic":true}'
 *
 * `S` says that it has begun, `R <reads> <changes>` how much it has seen. A file that is torn, or
 * missing after it was there, ends it with exit code 1; so does, if it is `monotonic`, an offset
 * that goes back.
 */
import { readFile } from "node:fs/promises";
import { writeSync } from "node:fs";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { decode, OffsetTable, parse } from "../../mod.ts";

const say = (line: string) => void writeSync(1, `${line}\n`);

async function main(path: string, monotonic: boolean): Promise<void> {
  let isStopping = false;
  process.stdin.on("end", () => isStopping = true).resume();
  let last = OffsetTable.empty;
  let [reads, changes, isThere] = [0, 0, false];
  say("S");
  while (!isStopping) {
    let bytes;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOENT" || isThere) throw error;
      await setImmediate();
      continue;
    }
    isThere = true;
    // The checksum tells a mix of two files from a file.
    const table = parse(decode(bytes));
    reads++;
    if (!table.equals(last)) changes++;
    for (const [mq, offset] of monotonic ? last : []) {
      const now = table.get(mq);
      if (now !== undefined && now >= offset) continue;
      throw new Error(`queue ${mq.queueId} went from ${offset} to ${now}`);
    }
    last = table;
    // Lets the end of the input through.
    await setImmediate();
  }
  say(`R ${reads} ${changes}`);
}

if (import.meta.main) await main(process.argv[2], JSON.parse(process.argv[3]).monotonic);
