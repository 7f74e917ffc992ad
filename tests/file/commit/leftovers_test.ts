/** The leftovers of a store's files: when they are searched for, and which go with a new main. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../../mod.ts";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { Leftovers } from "../../../src/file/commit/leftovers.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { pendingBackupName, temporaryName } from "../../support/temporary_names.ts";

const DIRECTORY = "/root/c/g";
const MAIN = `${DIRECTORY}/offset.json`;
const MINUTE_MS = 60_000;

async function made(files: Record<string, string>) {
  const disk = await diskWith({ "offset.json": "main", ...files });
  const real = new SimulatedFileSystem(disk, { timesMs: 1 });
  const faulty = new FaultyFileSystem(wrap(real, {}));
  const reported: Diagnostic[] = [];
  const leftovers = new Leftovers(faulty.fileSystem, MAIN, (each) => reported.push(each));
  const searches = async () => {
    faulty.take();
    await leftovers.removeOld();
    return faulty.take().filter((call) => call === "readDirectory").length;
  };
  const names = async () => (await real.readDirectory(DIRECTORY)).sort();
  return { real, faulty, reported, leftovers, searches, names };
}

test("P8 leftovers are searched for once, and again while young ones are left", async () => {
  const { searches } = await made({});
  assert.deepEqual([await searches(), await searches()], [1, 0]);
  for (const name of [temporaryName(1), pendingBackupName(1)]) {
    const { real, searches, names } = await made({ [name]: "leftover" });
    assert.deepEqual([await searches(), await searches()], [1, 1], name);
    assert.ok((await names()).includes(name));
    await real.pause(2 * MINUTE_MS);
    assert.deepEqual([await searches(), await searches()], [1, 0], name);
    assert.deepEqual(await names(), ["offset.json"]);
  }
});

test("P8 C5 a search that fails is reported, and is not repeated", async () => {
  const { faulty, reported, searches } = await made({});
  faulty.faults = [{ when: ({ name }) => name === "readDirectory", code: "EIO" }];
  assert.deepEqual([await searches(), await searches()], [1, 0]);
  assert.deepEqual(reported.map(({ kind, path }) => [kind, path]), [["cleanup-failed", MAIN]]);
});

test("P7 P8 pending backups go with a durable main, each once, and only one is kept till then", async () => {
  const files = Object.fromEntries([1, 2, 3].map((n) => [pendingBackupName(n), "leftover"]));
  const { faulty, leftovers, names } = await made(files);
  const pathOf = (n: number) => `${DIRECTORY}/${pendingBackupName(n)}`;
  await leftovers.keepUntilDurable(pathOf(1));
  await leftovers.keepUntilDurable(pathOf(2));
  assert.deepEqual(await names(), ["offset.json", pendingBackupName(1), pendingBackupName(3)]);
  await leftovers.removeOld();
  await leftovers.removePendingBackups();
  assert.deepEqual(await names(), ["offset.json"]);
  faulty.take();
  await leftovers.removePendingBackups();
  assert.deepEqual(faulty.take(), []);
  // One that another process has removed is no failure.
  await leftovers.keepUntilDurable(pathOf(4));
  await leftovers.keepUntilDurable(pathOf(5));
  await leftovers.removePendingBackups();
});
