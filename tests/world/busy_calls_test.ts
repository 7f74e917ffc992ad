/** O6: on Windows, each call that another program's open file can fail is made again for a while. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore } from "../../mod.ts";
import { type NodeCalls, nodeCalls } from "../../src/file/fs/node_calls.ts";
import { makeNodeFileSystem } from "../../src/file/fs/node_file_system.ts";
import { systemError } from "../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";

const CODES = ["EPERM", "EBUSY", "EACCES"];

/** The calls, each of which fails the first times on each path, and how they are counted. */
function busyCalls(times: number, code: string) {
  const failures = new Map<string, number>();
  const pauses: number[] = [];
  const busy = (name: string, path: string) => {
    // The same call in this thread and in another.
    const key = `${name.replace(/Sync$/, "")} ${path}`;
    const failed = failures.get(key) ?? 0;
    if (failed === times) return;
    failures.set(key, failed + 1);
    throw systemError(code, name);
  };
  const calls = Object.fromEntries(
    Object.entries(nodeCalls).map(([name, call]) => [name, (...args: unknown[]) => {
      const act = () => {
        busy(name, String(args[0]));
        return (call as (...args: unknown[]) => unknown)(...args);
      };
      return name.endsWith("Sync") ? act() : Promise.resolve().then(act);
    }]),
  ) as unknown as NodeCalls;
  return { calls, failures, pauses, pause: async (ms: number) => void pauses.push(ms) };
}

const RETRIED = ["readFile", "create", "syncFile", "link", "rename", "unlink", "removeDirectory"];

for (const name of RETRIED) {
  test(`O6 ${name} is made again on Windows while it is busy, and nowhere else`, async () => {
    for (const code of CODES) {
      await using at = await StoreDirectory.make({ file: "text" });
      await mkdir(at.path("directory"));
      const act = async (platform: string, busy: ReturnType<typeof busyCalls>) => {
        const fs = makeNodeFileSystem(platform, busy.calls, busy.pause);
        switch (name) {
          case "create":
            return await (await fs.create(at.path("new"))).close();
          case "link":
            return await fs.link(at.path("file"), at.path("second"));
          case "rename":
            return await fs.rename(at.path("file"), at.path("renamed"));
          case "removeDirectory":
            return await fs.removeDirectory(at.path("directory"));
          default:
            await fs[name as "readFile" | "syncFile" | "unlink"](at.path("file"));
        }
      };
      const elsewhere = busyCalls(1, code);
      await assert.rejects(act("linux", elsewhere), { code });
      assert.deepEqual(elsewhere.pauses, []);
      const endless = busyCalls(Infinity, code);
      await assert.rejects(act("win32", endless), { code });
      const total = endless.pauses.reduce((sum, ms) => sum + ms, 0);
      assert.ok(total >= 2000 && total < 2100, `${total} ms`);
      assert.deepEqual(await at.names(), ["directory", "file"]);
      const busy = busyCalls(7, code);
      await act("win32", busy);
      assert.deepEqual(busy.pauses, [1, 2, 4, 8, 16, 32, 32]);
    }
  });
}

test("O6 a store serves while every file is busy at first: with journal, merge and close", async () => {
  for (const code of CODES) {
    await using at = await StoreDirectory.make({
      "offset.json": tableOf(1),
      "offset.json.bak": tableOf(0),
    });
    const busy = busyCalls(3, code);
    const fileSystem = makeNodeFileSystem("win32", busy.calls, busy.pause);
    const told: string[] = [];
    const store = await LocalFileOffsetStore.open({
      ...{ clientId: "client", group: "group", root: at.root, fileSystem },
      onConflict: "merge",
      journal: true,
      onDiagnostic: ({ kind }) => {
        if (kind !== "persisted") told.push(kind);
      },
    });
    for (const offset of [2n, 3n, 4n]) {
      store.update(queue(0), offset, true);
      await store.persist();
    }
    await store.close();
    assert.deepEqual(told, [], "nothing is lacking and nothing is left");
    assert.deepEqual(await at.table(), tableOf(4));
    assert.deepEqual(await at.names(), ["offset.json", "offset.json.bak"]);
    const names = [...busy.failures.keys()].map((key) => key.split(" ")[0]);
    assert.deepEqual([...new Set(names)].sort(), [
      "link",
      "open",
      "openToRead",
      "rename",
      "unlink",
    ]);
  }
});
