/** On a real disk, root works on a consumer's files: the consumer is never locked out. */
import assert from "node:assert/strict";
import { chmod, chown, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";

import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";
import { run } from "../scripts/offsets_run.ts";

const skip = process.getuid?.() !== 0 && "only root may give files away";

const [CONSUMER, READERS] = [1000, 2000];

/** Gives a path to the consumer, and to the group of its readers. */
async function give(path: string, mode: number): Promise<void> {
  await chown(path, CONSUMER, READERS);
  await chmod(path, mode);
}

async function ownership(path: string): Promise<string> {
  const { uid, gid, mode } = await stat(path);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}

/** A consumer's store: its directories, main at 2 and the backup at 1, all of them its own. */
async function consumersStore(): Promise<StoreDirectory> {
  const at = await StoreDirectory.make({
    "offset.json.bak": tableOf(1, 1),
    "offset.json": tableOf(2, 2),
  });
  for (const path of [at.root, join(at.root, "client"), at.directory]) await give(path, 0o750);
  for (const name of await at.names()) await give(at.path(name), 0o640);
  return at;
}

/** Expects that all files in the store's directory are the consumer's. */
async function expectConsumers(at: StoreDirectory, story: string): Promise<void> {
  for (const name of await at.names()) {
    const owner = await ownership(at.path(name));
    assert.match(owner, new RegExp(`^${CONSUMER}:${READERS} `), `${story}: ${name}`);
  }
}

test(
  "O1 the directories that root makes take after their parents, and a first file after its own",
  { skip },
  async () => {
    for (const [journal, mode] of [[false, 0o750], [true, 0o2750]] as const) {
      await using at = await StoreDirectory.make();
      await give(at.root, mode);
      const store = await at.open({ journal });
      for (const offset of [1, 2]) {
        store.update(queue(0), offset, true);
        await store.persist();
      }
      const client = await ownership(join(at.root, "client"));
      assert.match(client, new RegExp(`^${CONSUMER}:${READERS} `));
      assert.match(await ownership(at.directory), new RegExp(`^${CONSUMER}:${READERS} `));
      assert.equal(await ownership(at.main), `${CONSUMER}:${READERS} 600`);
      await expectConsumers(at, `journal ${journal}`);
    }
  },
);

test("O1 a store that root opens keeps main and the backup the consumer's", { skip }, async () => {
  await using at = await consumersStore();
  const store = await at.open();
  for (const offset of [3, 4]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  assert.equal(await ownership(at.main), `${CONSUMER}:${READERS} 640`);
  await expectConsumers(at, "");
});

const QUEUE = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];

/** What root does with the operator's tool, in each case to a store of its own. */
const COMMANDS: Record<string, (at: StoreDirectory) => Promise<readonly string[]>> = {
  "set": async (at) => ["set", at.main, ...QUEUE, "7", "--yes"],
  "reset": async (at) => ["reset", at.main, "--to-offset", "0", "--force", "--yes"],
  "delete": async (at) => ["delete", at.main, "--topic", "orders", "--yes"],
  "rescue, main bad": async (at) => {
    await writeFile(at.main, "");
    return ["rescue", at.main, "--yes"];
  },
  "rescue, main missing": async (at) => {
    await rm(at.main);
    return ["rescue", at.main, "--yes"];
  },
  "set --create": async (at) => {
    for (const name of await at.names()) await rm(at.path(name));
    return ["set", at.main, ...QUEUE, "7", "--create", "--yes"];
  },
  "convert --out": async (at) => [
    ...["convert", at.main, "--to", "java", "--out", at.path("offsets.json"), "--yes"],
  ],
};

for (const [what, prepare] of Object.entries(COMMANDS)) {
  test(`O1 root and the operator's tool lock no consumer out: ${what}`, { skip }, async () => {
    await using at = await consumersStore();
    const args = await prepare(at);
    const { code, out, err } = await run(args);
    // Not an assertion: a command that does not run shows no fault.
    if (code !== 0) throw new Error(`${what}: ${out}${err}`);
    assert.ok((await at.names()).length > 0);
    await expectConsumers(at, what);
  });
}
