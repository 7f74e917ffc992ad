/** A store that holds its lock for as long as it is open, and what tells that another one is at work. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, utimes, writeFile } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { promisify } from "node:util";
import {
  type Diagnostic,
  nodeFileSystem,
  OffsetConflictError,
  OffsetFileCorruptError,
  OffsetLockError,
  OffsetPersistError,
} from "../../../mod.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const LOCK = "offset.json.lock";
const A = queue(0);
const MODULE = new URL("../../../mod.ts", import.meta.url).href;

/** Somebody else has taken the lock over: the file that this store made is gone. */
async function stealLock(at: StoreDirectory): Promise<void> {
  await rm(at.path(LOCK));
  await writeFile(at.path(LOCK), "exclusive 1\n");
}

test("P9 while an exclusive store is open, no other one opens, and no merging one waits for it", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open({ exclusive: true });
  assert.match(await at.text(LOCK), new RegExp(`^exclusive ${process.pid}\\n\\.*$`));
  const merging = await at.open({ onConflict: "merge" });
  merging.update(A, 1, true);
  const isHeld = (error: unknown) => {
    assert.ok(error instanceof OffsetLockError);
    assert.deepEqual([error.path, error.state, error.pid], [at.path(LOCK), "held", process.pid]);
    assert.match(error.message, /give each process its own client id/);
    return true;
  };
  await Promise.all([
    assert.rejects(at.open({ exclusive: true }), isHeld),
    assert.rejects(merging.persist(), isHeld),
  ]);
  await merging.abandon();
  store.update(A, 2, true);
  await store.persist();
  await store.close();
  const next = await at.open({ exclusive: true });
  assert.equal(next.peek(A), 2n);
});

for (const end of ["close", "abandon"] as const) {
  for (const onConflict of ["throw", "merge"] as const) {
    test(`P9 C1 an exclusive store gives its lock back at its ${end}, and holds it until then: ${onConflict}`, async () => {
      await using at = await StoreDirectory.make();
      const faulty = new FaultyFileSystem();
      const { fileSystem } = faulty;
      const store = await at.open({ exclusive: true, journal: true, onConflict, fileSystem });
      for (const offset of [1, 2, 3]) {
        store.update(A, offset, true);
        await store.persist();
        assert.ok((await at.names()).includes(LOCK));
      }
      const creations = faulty.calls.filter((name) => name === "create").length;
      assert.equal(creations, 3, "lock, snapshot and journal");
      faulty.faults = [{ when: ({ name }) => name === "rename", code: "EIO" }];
      store.update(A, 4, true);
      if (end === "close") {
        await assert.rejects(store.close(), OffsetPersistError);
        assert.ok((await at.names()).includes(LOCK), "it can still be used");
      }
      faulty.faults = [];
      await store[end]();
      assert.ok(!(await at.names()).includes(LOCK));
      assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
    });
  }
}

test("P9 an open that fails gives the lock back", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad" });
  await assert.rejects(at.open({ exclusive: true }), OffsetFileCorruptError);
  assert.deepEqual(await at.names(), ["offset.json"]);
});

for (const onConflict of ["throw", "merge"] as const) {
  for (const journal of [false, true]) {
    test(`P9 a store whose lock was taken over writes nothing more: ${onConflict}, journal ${journal}`, async () => {
      await using at = await StoreDirectory.make();
      const store = await at.open({ exclusive: true, onConflict, journal });
      for (const offset of [1, 2]) {
        store.update(A, offset, true);
        await store.persist();
      }
      await stealLock(at);
      const before = await Promise.all((await at.names()).map((name) => at.text(name)));
      store.update(A, 3, true);
      for (
        const write of [() => store.persist(), () => store.deleteDurable(A), () => store.close()]
      ) {
        await assert.rejects(write(), (error) => {
          assert.ok(error instanceof OffsetLockError);
          assert.deepEqual([error.path, error.state], [at.path(LOCK), "lost"]);
          return true;
        });
      }
      assert.equal(store.peek(A), 3n);
      await store.abandon();
      const after = await Promise.all((await at.names()).map((name) => at.text(name)));
      assert.deepEqual(after, before, "the other one's lock, too, stays as it is");
    });
  }
}

test("C3 P9 a store with nothing to write closes, even if its lock was taken over", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const store = await at.open({ exclusive: true });
  await stealLock(at);
  await assert.rejects(store.persist(), OffsetLockError);
  await store.close();
  assert.equal(await at.text(LOCK), "exclusive 1\n");
});

test("P9 a lock that is taken over at any call of a persist: main stays, or the caller knows", async () => {
  const told = { previous: 0, either: 0, lost: 0, done: 0 };
  for (let number = 0;; number++) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const faulty = new FaultyFileSystem();
    const store = await at.open({ exclusive: true, fileSystem: faulty.fileSystem });
    store.update(A, 2, true);
    let calls = 0;
    faulty.before = async () => {
      if (calls++ === number) await stealLock(at);
    };
    const [persisted] = await Promise.allSettled([store.persist()]);
    faulty.before = () => {};
    await store.abandon();
    if (calls <= number) break;
    if (persisted.status === "fulfilled") {
      told.done++;
      assert.ok((await at.table()).equals(tableOf(2)));
      continue;
    }
    const { reason } = persisted;
    const lost = reason instanceof OffsetPersistError ? reason.cause : reason;
    assert.ok(lost instanceof OffsetLockError && lost.state === "lost", `${reason}`);
    told[reason instanceof OffsetPersistError ? reason.onDisk : "lost"]++;
    assert.ok(
      (await at.table()).equals(tableOf(1)),
      "the lock is looked at before main is replaced",
    );
    assert.deepEqual((await at.names()).filter((name) => name.endsWith(".tmp")), []);
  }
  assert.ok(told.previous > 5 && told.lost > 0 && told.done > 0, JSON.stringify(told));
});

test("P9 the lock that a killed exclusive store left is taken after five seconds", async () => {
  await using at = await StoreDirectory.make({ [LOCK]: "exclusive 4711\n..." });
  let waited = 0;
  const fileSystem = {
    ...nodeFileSystem,
    async pause(ms: number, signal?: AbortSignal) {
      if (signal !== undefined) return await nodeFileSystem.pause(ms, signal);
      waited += ms;
    },
  };
  const store = await at.open({ exclusive: true, fileSystem });
  assert.equal(waited, 5000);
  await store.close();
});

test("P9 an exclusive store notices what others do who ignore the lock", async () => {
  for (const onConflict of ["throw", "merge"] as const) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1, 1) });
    const store = await at.open({ exclusive: true, onConflict });
    store.update(A, 5, true);
    await at.write("offset.json", tableOf(3, 4));
    if (onConflict === "throw") {
      await assert.rejects(store.persist(), OffsetConflictError);
      await store.resolveConflict("max");
    }
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(5, 4)));
  }
});

test("P9 the lock does not keep the process alive", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const program = at.path("program.mjs");
  await writeFile(
    program,
    `import { LocalFileOffsetStore } from ${JSON.stringify(MODULE)};
     const options = { clientId: "client", group: "group", root: ${JSON.stringify(at.root)} };
     await LocalFileOffsetStore.open({ ...options, exclusive: true });
     console.log("open");`,
  );
  const run = process.versions.deno === undefined ? [] : ["run", "--quiet", "--no-config", "-A"];
  const { stdout } = await promisify(execFile)(process.execPath, [...run, program], {
    timeout: 20_000,
  });
  assert.equal(stdout, "open\n");
  assert.match(await readFile(at.path(LOCK), "utf8"), /^exclusive \d+\n$/);
});

/** What an open tells about others, by the files that it finds and their age. */
async function toldAt(files: Record<string, number>, options = {}): Promise<Diagnostic[]> {
  const now = Date.now();
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  for (const [name, age] of Object.entries(files)) {
    if (name === LOCK) await at.write(name, "..");
    await utimes(at.path(name), (now - age) / 1000, (now - age) / 1000);
  }
  const seen: Diagnostic[] = [];
  const fileSystem = { ...nodeFileSystem, now: () => now };
  await at.open({ onDiagnostic: (each) => seen.push(each), fileSystem, ...options });
  for (const each of seen) assert.equal("path" in each && each.path, at.main);
  return seen;
}

const evidenceOf = (seen: Diagnostic[]) => seen.map((each) => "evidence" in each && each.evidence);

test("P9 an open tells of a live lock or a recent write, which may be of another process", async () => {
  assert.deepEqual(evidenceOf(await toldAt({ [LOCK]: 900 })), ["lock"]);
  assert.deepEqual(evidenceOf(await toldAt({ "offset.json": 4000 })), ["recent write"]);
  assert.deepEqual(evidenceOf(await toldAt({ [LOCK]: 900, "offset.json": 0 })), ["lock"]);
  assert.deepEqual(await toldAt({ [LOCK]: 60_000, "offset.json": 7000 }), []);
  assert.deepEqual(await toldAt({ "offset.json": 100 }, { exclusive: true }), []);
});
