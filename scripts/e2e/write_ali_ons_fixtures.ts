/**
 * Writes `tests/fixtures/ali_ons` anew with the real client's own code; run it with Node, after
 * `npm install --prefix scripts/e2e --no-package-lock`:
 *
 * ```sh
 * node scripts/e2e/write_ali_ons_fixtures.ts
 * ```
 *
 * @module
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("../../tests/fixtures/", import.meta.url));
const HOME = mkdtempSync(join(tmpdir(), "ali-ons-"));
// The client looks for its directory once, when its module is loaded.
process.env.HOME = HOME;

const require = createRequire(import.meta.url);
const { version } = require("ali-ons/package.json");
const Store = require("ali-ons/lib/store/local_file");
const MessageQueue = require("ali-ons/lib/message_queue");

type Entry = readonly [topic: string, brokerName: string, queueId: number | string, offset: number];

/** Texts that the client writes and that say less than they should; the test names each of them. */
const EDGES: Record<string, readonly Entry[]> = {
  "none-or-zero": [["t", "b", 0, 0], ["t", "b", 1, -0], ["t", "b", 2, -1], ["t", "b", 3, NaN]],
  "greatest-exact": [["t", "b", 0, 2 ** 53 - 1]],
  "rounded": [["t", "b", 0, 2 ** 53 + 1]],
  "beyond-int64": [["t", "b", 0, 2 ** 63]],
  "exponent": [["t", "b", 0, 1e21]],
  "infinite": [["t", "b", 0, Infinity]],
  "fraction": [["t", "b", 0, 1.5]],
  "negative": [["t", "b", 0, -2]],
  "string-queue-id": [["t", "b", "3", 42]],
  "no-queue-id": [["t", "b", "undefined", 42]],
  "two-readings": [['x", brokerName="y', "z", 0, 42]],
  "quotes": [['"', '"]', 0, 42], ['", queueId="1"]', '[topic="', 1, 43]],
  "lone-surrogate": [["\ud800", "b", 0, 42]],
};

async function write(path: string, entries: readonly Entry[]): Promise<void> {
  const store = new Store({ clientId: "client", logger: { info() {} } }, "group");
  const queues = entries.map(([topic, brokerName, queueId, offset]) => {
    const mq = new MessageQueue(topic, brokerName, queueId);
    store.updateOffset(mq, offset, false);
    return mq;
  });
  await store.persistAll(queues);
  copyFileSync(store.storePath, path);
}

const folder = join(FIXTURES, "ali_ons", version);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(join(FIXTURES, "tables")).sort()) {
  const listed: { topic: string; brokerName: string; queueId: number; offset: string }[] = JSON
    .parse(readFileSync(join(FIXTURES, "tables", name), "utf8"));
  // The client keeps no other offsets exactly.
  const entries = listed.map(({ topic, brokerName, queueId, offset }): Entry => {
    return [topic, brokerName, queueId, Number(BigInt.asUintN(53, BigInt(offset)))];
  });
  await write(join(folder, name.replace(".entries", "")), entries);
}
for (const [name, entries] of Object.entries(EDGES)) {
  await write(join(folder, `${name}.json`), entries);
}
rmSync(HOME, { recursive: true });
