/** `offsets backup`: a pair that belongs together, whatever the consumer does meanwhile. */
import assert from "node:assert/strict";
import { chmod, copyFile, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type FileSystem, LocalFileOffsetStore, nodeFileSystem } from "../../mod.ts";
import { systemError } from "../support/faulty_file_system.ts";
import { run } from "../scripts/offsets_run.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";

/** What a store loads from a backup that is put back. */
async function restored(directory: string, root: string) {
  const at = join(root, "restored", "c", "g");
  await mkdir(at, { recursive: true });
  for (const name of await readdir(directory)) {
    await copyFile(join(directory, name), join(at, name));
  }
  const store = await LocalFileOffsetStore.open({
    clientId: "c",
    group: "g",
    root: join(root, "restored"),
  });
  assert.equal(store.loadOutcome.kind, "loaded");
  assert.deepEqual(store.loadOutcome.faults, []);
  const table = store.snapshot();
  await store.abandon();
  return table;
}

/** Runs the tool while some calls of its file system are other ones. */
async function runWith(replaced: Partial<FileSystem>, ...args: string[]) {
  const methods = { ...nodeFileSystem };
  Object.assign(nodeFileSystem, replaced);
  try {
    return await run(args);
  } finally {
    Object.assign(nodeFileSystem, methods);
  }
}

/** A store with a journal of some records, still open. */
async function withJournal(at: StoreDirectory, records: number) {
  const store = await at.open({ journal: true });
  for (let offset = 1; offset <= records + 1; offset++) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  return store;
}

test("offsets backup copies the journal and main of a running consumer; the pair loads", async () => {
  await using at = await StoreDirectory.make();
  const store = await withJournal(at, 3);
  const to = join(at.root, "copy");
  const { code, out, err } = await run(["backup", at.main, to]);
  assert.equal(err, "");
  assert.equal(out, `Copied ${at.main} to ${to}: 1 queue with 3 records of its journal\n`);
  assert.equal(code, 0);
  assert.deepEqual((await readdir(to)).sort(), ["offset.json", "offset.json.journal"]);
  // The consumer goes on, and the copy stays what it is.
  store.update(queue(0), 99, true);
  await store.close();
  assert.ok((await restored(to, at.root)).equals(tableOf(4)));
  assert.ok((await at.table()).equals(tableOf(99)));
});

test("offsets backup tells the same in JSON, and follows a link", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 2) });
  if (process.platform === "win32") return;
  await symlink(at.main, join(at.root, "link.json"));
  const to = join(at.root, "copy");
  await mkdir(to);
  await chmod(at.main, 0o640);
  const { out } = await run(["backup", join(at.root, "link.json"), to, "--json"]);
  const { bytes, ...told } = JSON.parse(out);
  assert.deepEqual(told, {
    command: "backup",
    file: join(at.root, "link.json"),
    directory: to,
    queues: 2,
    records: 0,
    attempts: 1,
  });
  assert.equal(bytes, (await stat(at.main)).size);
  assert.deepEqual(await readdir(to), ["link.json"]);
  assert.equal((await stat(join(to, "link.json"))).mode & 0o777, 0o640);
});

test("offsets backup reads again if the consumer replaces main in between", async () => {
  await using at = await StoreDirectory.make();
  const store = await withJournal(at, 2);
  const { readFile } = nodeFileSystem;
  let reads = 0;
  const to = join(at.root, "copy");
  const { out, code } = await runWith(
    {
      async readFile(path) {
        const file = await readFile(path);
        // The journal has been read: now the consumer folds it into main, and begins a new one.
        if (path.endsWith(".journal") && reads++ === 0) {
          await store.close();
          await withJournal(at, 5);
        }
        return file;
      },
    },
    "backup",
    at.main,
    to,
    "--json",
  );
  assert.equal(code, 0);
  const { attempts, records } = JSON.parse(out);
  assert.equal(attempts, 2);
  // The first change after the close is a record, too.
  assert.ok((await restored(to, at.root)).equals(tableOf(6)));
  assert.ok(records > 0);
});

test("offsets backup never pairs an old main with a newer journal, wherever the consumer acts", async () => {
  for (let moment = 0; moment < 12; moment++) {
    await using at = await StoreDirectory.make();
    let store = await withJournal(at, 2);
    const acknowledged = new Set([3]);
    let calls = 0;
    const act = async () => {
      if (calls++ !== moment) return;
      await store.close();
      store = await withJournal(at, 4);
      for (const offset of [1, 2, 3, 4, 5]) acknowledged.add(offset);
    };
    const { readFile, stat: ask } = nodeFileSystem;
    let isActing = false;
    const during = async <T>(call: () => Promise<T>): Promise<T> => {
      if (!isActing) {
        isActing = true;
        await act();
        isActing = false;
      }
      return await call();
    };
    const to = join(at.root, "copy");
    const { code, err } = await runWith(
      {
        readFile: (path) => during(() => readFile(path)),
        stat: (path) => during(() => ask(path)),
      },
      "backup",
      at.main,
      to,
    );
    assert.equal(code, 0, err);
    const table = await restored(to, at.root);
    assert.ok(acknowledged.has(Number(table.get(queue(0)))), `${table.get(queue(0))}`);
  }
});

test("offsets backup refuses what no store would load whole, and a directory that is in use", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": "{}",
    "offset.json.bak": tableOf(1),
  });
  const to = join(at.root, "copy");
  const pause = () => Promise.resolve();
  const bad = await runWith({ pause }, "backup", at.main, to);
  assert.equal(bad.code, 3);
  assert.match(
    bad.err,
    /Cannot back up ".*": .*\n +Only a pair that a store loads whole is copied/,
  );
  const none = await runWith({ pause }, "backup", at.path("none.json"), to);
  assert.match(none.err, /Cannot back up ".*none.json": there is no such file/);
  assert.deepEqual(await readdir(at.root), ["client"], "nothing was made");
  await at.write("offset.json", tableOf(1));
  const used = await run(["backup", at.main, at.directory]);
  assert.equal(used.code, 3);
  assert.match(
    used.err,
    /Cannot back up to ".*": it holds "offset.json.*"\n +Name a new directory/,
  );
  await writeFile(join(at.root, "file"), "");
  for (const directory of ["file", "no/such/parent"]) {
    const { code, err } = await run(["backup", at.main, join(at.root, directory)]);
    assert.equal(code, 3);
    assert.match(err, /Name a new directory, whose parent is there, or an empty one/);
  }
  assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
});

test("offsets backup leaves nothing if it fails, and syncs what it leaves", async () => {
  await using at = await StoreDirectory.make();
  const store = await withJournal(at, 2);
  const to = join(at.root, "copy");
  const { create, syncDirectory } = nodeFileSystem;
  const full = await runWith(
    {
      async create(path) {
        const file = await create(path);
        const isMain = path.endsWith("offset.json");
        return isMain
          ? { ...file, write: () => Promise.reject(systemError("ENOSPC", "write")) }
          : file;
      },
    },
    "backup",
    at.main,
    to,
  );
  assert.equal(full.code, 3);
  assert.match(
    full.err,
    /the disk is full\n +Nothing is left there. Make room on the disk; then run/,
  );
  assert.deepEqual(await readdir(at.root), ["client"]);
  const synced: string[] = [];
  const { code } = await runWith(
    {
      async create(path) {
        const file = await create(path);
        return { ...file, sync: () => (synced.push(path), file.sync()) };
      },
      syncDirectory: (path) => (synced.push(path), syncDirectory(path)),
    },
    "backup",
    at.main,
    to,
  );
  assert.equal(code, 0);
  assert.deepEqual(synced, [
    join(to, "offset.json.journal"),
    join(to, "offset.json"),
    to,
    at.root,
  ]);
  await store.close();
});
