/**
 * Reads the main file, and the journal that may extend it, all the time while others write them,
 * until its standard input ends.
 *
 *     watcher.ts FILE '{"monotonic":true}'
 *
 * `S` says that it has begun, `R <reads> <changes> <records>` how much it has seen: in how many
 * reads the journal had a record. A file that is torn, or missing after it was there, ends it with
 * exit code 1; so does, if it is `monotonic`, an offset that goes back, or a journal that holds what
 * main lacks and does not extend it.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { nodeFileSystem, OffsetTable } from "../../../mod.ts";
import { recover } from "../../../src/file/recovery/recover.ts";

const say = (line: string) => void writeSync(1, `${line}\n`);

async function main(path: string, monotonic: boolean): Promise<void> {
  let isStopping = false;
  process.stdin.on("end", () => isStopping = true).resume();
  let last = OffsetTable.empty;
  let [reads, changes, records, isThere] = [0, 0, 0, false];
  say("S");
  while (!isStopping) {
    // The checksums tell a mix of two files from a file.
    const { files: { main }, table, journal, records: applied } = await recover(
      nodeFileSystem,
      path,
      "relaxed",
    );
    if (main.is !== "valid") {
      if (isThere || main.is === "bad") throw new Error(`main is ${main.is}`);
      await setImmediate();
      continue;
    }
    if (monotonic && journal?.relation === "foreign") {
      throw new Error("nobody merged what the journal holds");
    }
    isThere = true;
    reads++;
    if (applied > 0) records++;
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
  say(`R ${reads} ${changes} ${records}`);
}

if (import.meta.main) await main(process.argv[2], JSON.parse(process.argv[3]).monotonic);
