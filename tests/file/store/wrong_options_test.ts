/** U6: what `open`, `update` and `persist` refuse, in which words, and that nothing is done by then. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import process from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { applyUpdate, LocalFileOffsetStore, OffsetTable, type OpenOptions } from "../../../mod.ts";
import { checkOptions } from "../../../src/file/store/check_options.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const MQ = { topic: "orders", brokerName: "broker-a", queueId: 0 };

/** What an open with these options says; nothing may have been made or written. */
async function refusal(more: Record<string, unknown>): Promise<string> {
  await using at = await StoreDirectory.make();
  const before = await readdir(at.root);
  const options = { clientId: "c", group: "g", root: at.root, ...more } as OpenOptions;
  const error = await LocalFileOffsetStore.open(options).then(() => undefined, (error) => error);
  assert.deepEqual(await readdir(at.root), before);
  assert.ok(error, `${Object.keys(more)} is taken`);
  return `${error.name}: ${error.message}`;
}

test("U6 an unknown option is refused, and the nearest one is named", async () => {
  const cases = {
    onConflit: 'there is none of this name; use "onConflict"',
    onCorupt: 'there is none of this name; use "onCorrupt"',
    persistEveryMS: 'there is none of this name; use "persistEveryMs"',
    clientID: 'there is none of this name; use "clientId"',
    fsync: "there is none of this name; the names are clientId, group, root, format, checksum, " +
      "onCorrupt, onConflict, durability, exclusive, journal, persistEveryMs, onDiagnostic, fileSystem",
  };
  for (const [name, state] of Object.entries(cases)) {
    const expected = `TypeError: Cannot use option "${name}": ${state}`;
    assert.equal(await refusal({ [name]: "merge" }), expected);
    assert.equal(await refusal({ [name]: undefined }), expected);
  }
  assert.equal(
    await refusal({ journal: { compactAtByte: 1 } }),
    'TypeError: Cannot use journal option "compactAtByte": there is none of this name; ' +
      'use "compactAtBytes"',
  );
});

test("U6 every option that the types name is known", () => {
  const all: Required<OpenOptions> = {
    clientId: "c",
    group: "g",
    root: "/r",
    format: "java",
    checksum: false,
    onCorrupt: "reset",
    onConflict: "merge",
    durability: "relaxed",
    exclusive: true,
    journal: { compactAtBytes: 0 },
    persistEveryMs: 1,
    onDiagnostic() {},
    fileSystem: { readFile() {} } as unknown as Required<OpenOptions>["fileSystem"],
  };
  checkOptions(all);
  for (const name of Object.keys(all)) {
    if (name !== "clientId" && name !== "group") checkOptions({ ...all, [name]: undefined });
  }
});

test("U6 an option of a wrong type is refused in our words", async () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ checksum: "no" }, 'checksum "no": it is not a boolean; pass true or false'],
    [{ exclusive: "yes" }, 'exclusive "yes": it is not a boolean; pass true or false'],
    [{ checksum: 0 }, 'checksum "0": it is not a boolean; pass true or false'],
    [
      { onDiagnostic: {} },
      'onDiagnostic "[object Object]": it is not a function; ' +
      "pass a function that takes a diagnostic",
    ],
    [
      { fileSystem: {} },
      'fileSystem "[object Object]": it has no method "readFile"; leave it out for the real one',
    ],
    [
      { fileSystem: null },
      'fileSystem "null": it has no method "readFile"; leave it out for the real one',
    ],
    [
      { journal: "yes" },
      'journal "yes": it is neither a boolean nor an object; pass true, or { compactAtBytes: 65536 }',
    ],
    [
      { clientId: undefined },
      'clientId "undefined": it is not a string; pass "" to leave its level out',
    ],
    [{ root: null }, 'root "null": it is not a string; pass the path of a directory'],
    [{ root: "" }, 'root "": it is empty; leave it out for the default, or pass a directory'],
    [{ root: "a\0b" }, 'root "a\\u0000b": it holds a NUL character'],
    [{ root: "a\ud800" }, 'root "a\\ud800": it holds a lone surrogate'],
    [{ root: "file:///var/offsets" }, 'root "file:///var/offsets": it is a URL; pass a path'],
    [
      { root: pathToFileURL(homedir()) },
      `root "${pathToFileURL(homedir())}": it is a URL; pass the path, fileURLToPath(root)`,
    ],
    ...["~", "~/x", "~\\x", "~user/x"].map((root): [Record<string, unknown>, string] => [
      { root },
      `root ${JSON.stringify(root)}: only a shell replaces "~"; ` +
      "pass the path of the home directory itself, homedir()",
    ]),
  ];
  for (const [more, message] of cases) {
    assert.equal(await refusal(more), `TypeError: Cannot use ${message}`);
  }
});

test("U6 a root of the environment is checked as one that is given", async () => {
  const name = "rocketmq.client.localOffsetStoreDir";
  const before = process.env[name];
  process.env[name] = "~/offsets";
  try {
    const message = await refusal({ root: undefined });
    assert.ok(message.startsWith(`TypeError: Cannot use ${name} "~/offsets": only a shell`));
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
});

test("U6 open without options says what to pass", async () => {
  for (const options of [undefined, null, "c"] as unknown as OpenOptions[]) {
    await assert.rejects(LocalFileOffsetStore.open(options), {
      name: "TypeError",
      message: `Cannot open a store with options "${options}": they are not an object; ` +
        'pass { clientId: "10.0.0.7@1", group: "orders" }',
    });
  }
});

test("U6 an update without its third argument is refused, and changes nothing", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  store.update(MQ, 7n, true);
  for (const missing of [undefined, null, 1, "true"] as unknown as boolean[]) {
    const expected = {
      name: "TypeError",
      message:
        `Cannot use increaseOnly ${
          typeof missing === "string" ? '"true"' : `"${missing}"`
        }: it is not a boolean; ` +
        "pass true to ignore an offset that is not greater, false to set it anyway",
    };
    assert.throws(() => store.update(MQ, 5n, missing), expected);
    assert.throws(() => applyUpdate(OffsetTable.empty, MQ, 5n, missing), expected);
  }
  assert.equal(store.peek(MQ), 7n);
  await store.close();
});

test("U6 a persist of something that is no array is refused, and writes nothing", async () => {
  await using at = await StoreDirectory.make();
  const store = await at.open();
  store.update(MQ, 7n, true);
  for (const mqs of [MQ, null, "all", new Set([MQ])] as unknown as (typeof MQ)[][]) {
    await assert.rejects(store.persist(mqs), {
      name: "TypeError",
      message: /^Cannot persist queues ".*": they are not an array; pass an array of queues, or no/,
    });
  }
  assert.equal(store.status().generationsWritten, 0);
  await store.close();
});
