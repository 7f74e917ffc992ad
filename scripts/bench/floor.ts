import * as fs from "node:fs";
import { link, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { statNow } from "../../src/file/fs/node_stat.ts";

/** Bytes that were made before. */
const RECORD = new Uint8Array(120).fill(65);
const ROOM = 64 * 1024;

/**
 * The least that a rewriting persist can be: bytes that are there already, a new file, and as many
 * fsyncs as ours makes, written as one would write it with `node:fs/promises`.
 */
export function asyncFloor(directory: string, bytes: Uint8Array): () => Promise<void> {
  const [temporary, main] = [join(directory, "floor.tmp"), join(directory, "floor")];
  return async () => {
    const file = await open(temporary, "wx");
    await file.write(bytes);
    await file.sync();
    await file.close();
    await syncEntries(directory);
    await rename(temporary, main);
    await syncEntries(directory);
  };
}

async function syncEntries(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  await handle.sync();
  await handle.close();
}

/**
 * The least that a rewriting persist can be that notices other writers and keeps the old file as a
 * verified backup (clauses P7 and P9): the floor, with a look at main and the journal first and right
 * before main is replaced, a time in the past, and a second name of main that is looked at.
 */
export function guardedFloor(directory: string, bytes: Uint8Array): () => Promise<void> {
  const [main, temporary, pending, backup, journal] = [
    ...["", ".tmp", ".bak.tmp", ".bak", ".journal"],
  ].map((end) => join(directory, `guarded${end}`));
  fs.writeFileSync(main, bytes);
  const look = async () => {
    await stat(main);
    await stat(journal).catch(() => {});
  };
  return async () => {
    await look();
    const file = await open(temporary, "wx");
    await file.write(bytes);
    const past = Date.now() / 1000 - 0.1;
    await file.utimes(past, past);
    await file.stat();
    await file.sync();
    await file.close();
    await stat(backup).catch(() => {});
    await link(main, pending);
    await stat(pending);
    await syncEntries(directory);
    await look();
    await rename(temporary, main);
    await syncEntries(directory);
    await rename(pending, backup);
  };
}

/** The same with calls that block. */
export function syncFloor(directory: string, bytes: Uint8Array): () => void {
  const [temporary, main] = [join(directory, "sync.tmp"), join(directory, "sync")];
  const sync = (path: string) => {
    const file = fs.openSync(path, "r");
    fs.fsyncSync(file);
    fs.closeSync(file);
  };
  return () => {
    const file = fs.openSync(temporary, "wx");
    fs.writeSync(file, bytes);
    fs.fsyncSync(file);
    fs.closeSync(file);
    sync(directory);
    fs.renameSync(temporary, main);
    sync(directory);
  };
}

/** One record appended and synced: the least that a journal can be. */
export async function asyncAppend(directory: string) {
  const file = await open(join(directory, "append-async"), "wx");
  const run = async () => {
    await file.write(RECORD);
    await file.datasync();
  };
  return { run, close: () => file.close() };
}

/** The same with calls that block. */
export function syncAppend(directory: string) {
  const file = fs.openSync(join(directory, "append-sync"), "wx");
  const run = () => {
    fs.writeSync(file, RECORD);
    fs.fdatasyncSync(file);
  };
  return { run, close: () => fs.closeSync(file) };
}

/**
 * The least that a journal can be that notices other writers (clause P9): a look at main and at the
 * directory, and a record over zeros that lie there, which takes less time to sync than one that
 * makes a file longer.
 */
export function lookAndOverwrite(directory: string) {
  const [main, journal] = ["look", "look.journal"].map((name) => join(directory, name));
  fs.writeFileSync(main, RECORD);
  fs.writeFileSync(journal, new Uint8Array(ROOM), { flag: "wx" });
  const file = fs.openSync(journal, "r+");
  fs.fsyncSync(file);
  let position = 0;
  const run = () => {
    for (const path of [main, directory]) statNow(path);
    position = (position + RECORD.length) % (ROOM - RECORD.length);
    fs.writeSync(file, RECORD, 0, RECORD.length, position);
    fs.fdatasyncSync(file);
  };
  return { run, close: () => fs.closeSync(file) };
}
