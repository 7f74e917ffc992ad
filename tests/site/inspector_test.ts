/** The inspector judges files and loads stores as the store itself does. */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetFileCorruptError, OffsetTable, serialize } from "../../mod.ts";
import type { DroppedFile } from "../../scripts/site/inspector/dropped_file.ts";
import { excerptAt } from "../../scripts/site/inspector/excerpt.ts";
import { place, stores } from "../../scripts/site/inspector/file_role.ts";
import { judgeFile } from "../../scripts/site/inspector/judge_file.ts";
import { loadStore } from "../../scripts/site/inspector/load_store.ts";
import { type Column, rowsOf, viewOf } from "../../scripts/site/inspector/rows.ts";
import {
  makeUniqueName,
  pendingBackupOf,
  quarantineOf,
  temporaryOf,
} from "../../src/file/paths.ts";
import { check } from "../support/check.ts";
import { StoreDirectory } from "../support/store_directory.ts";

const FIXTURES = new URL("../fixtures/0.1.0/", import.meta.url);

const bytesOf = (content: string | Uint8Array) =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;
const dropped = (path: string, content: string | Uint8Array): DroppedFile => ({
  path,
  bytes: bytesOf(content),
  modifiedMs: 1_700_000_000_123,
});
const queue = (queueId: number, topic = "orders") => ({ topic, brokerName: "broker-a", queueId });
const judge = (name: string, content: string | Uint8Array) =>
  judgeFile(place(dropped(`/${name}`, content)));

test("inspector: each file of a store has its role, by the store's own names", () => {
  const unique = makeUniqueName();
  const main = "/hosts/a/offset.json";
  const roles: [string, string][] = [
    [main, "main"],
    [`${main}.bak`, "backup"],
    [`${main}.journal`, "journal"],
    [`${main}.lock`, "lock"],
    [`${main}.tmp`, "temporary file"],
    [temporaryOf(main, unique), "temporary file"],
    [pendingBackupOf(main, unique), "pending backup"],
    [quarantineOf(main, unique), "kept aside"],
    [quarantineOf(`${main}.journal`, unique), "kept aside"],
  ];
  for (const [path, role] of roles) {
    const placed = place(dropped(path, ""));
    assert.deepEqual([placed.role, placed.main], [role, main], path);
  }
  const files = [...roles.map(([path]) => dropped(path, "")), dropped("/b/offsets.json", "")];
  assert.deepEqual([...stores(files).keys()], [main, "/b/offsets.json"]);
});

test("inspector: says of each kind of file what it is, and where it is wrong", async () => {
  const table = OffsetTable.from([[queue(0), 42n], [queue(1), 7n]]);
  const sealed = serialize(table, { checksum: true });
  const cases: [string, string, string, RegExp][] = [
    ["offset.json", sealed, "valid", /^Go's form, 2 queues, checksum right$/],
    ["offsets.json", serialize(table, { format: "java" }), "valid", /^Java's form.*no checksum$/],
    ["offset.json", sealed.replace(":42", ":43"), "edited", /edited by hand, or is damaged$/],
    ["offset.json", sealed.slice(0, 60), "bad", / has no end, at position 16 of 60$/],
    ["offset.json", "", "bad", /^it is empty$/],
    ["offset.json.bak", "\0\0\0", "bad", /nothing but NUL bytes$/],
    ["offset.json.lock", "1", "other", /^the lock of a store/],
    ["offset.json.journal", "no journal", "valid", /^0 records, 0 queues; .*cut there$/],
    [
      "offsets.json",
      String.raw`{"offsetTable":{"[topic=\"t\", brokerName=\"b\", queueId=\"0\"]":42}}`,
      "other",
      /^ali-ons's form, 1 queue/,
    ],
  ];
  for (const [name, text, state, details] of cases) {
    const judged = await judge(name, text);
    assert.equal(judged.state, state, name);
    assert.match(judged.details, details);
  }
  const text = serialize(OffsetTable.from([[queue(0, "größe"), 42n]])).replace("42", "4x");
  const { excerpt } = await judge("offset.json", text);
  assert.deepEqual([excerpt!.at, excerpt!.after], ["x", "}}"]);
  assert.match(excerpt!.before, /^….*queueId.*4$/);
});

test("inspector: an excerpt shows the bytes around any position", () => {
  check(fc.property(fc.string({ unit: "grapheme" }), fc.nat(200), (text, position) => {
    const bytes = bytesOf(text);
    const { before, at, after } = excerptAt(bytes, position);
    assert.equal(at === "", position >= bytes.length);
    if (bytes.length <= 40 && !/[\p{Cc}\ufffd]/u.test(text) && !before.endsWith("\ufffd")) {
      assert.equal(before + at + after, text);
    }
  }));
});

/** Changes of the files of a store; each returns the files without or with damage. */
const DAMAGES: Readonly<Record<string, (files: Map<string, Uint8Array>, main: string) => unknown>> =
  {
    none: () => {},
    "no main": (files, main) => files.delete(main),
    "a torn main": (files, main) => files.set(main, files.get(main)!.subarray(0, 50)),
    "a torn main and a backup": (files, main) => {
      files.set(`${main}.bak`, files.get(main)!);
      files.set(main, files.get(main)!.subarray(0, 50));
    },
    "a temporary file alone": (files, main) => {
      files.set(temporaryOf(main, makeUniqueName()), files.get(main)!);
      files.delete(main);
    },
    "an edited main": (files, main) => {
      const text = new TextDecoder().decode(files.get(main)!).replace(/\d(?=[,}])/, "9");
      files.set(main, bytesOf(text));
    },
    "a damaged journal": (files, main) => {
      const journal = files.get(`${main}.journal`);
      if (journal !== undefined) files.set(`${main}.journal`, journal.with(120, 1));
    },
  };

/** The outcomes among the stores with this damage. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "none": ["loaded"],
  "no main": ["recovered", "refused"],
  "a torn main": ["recovered", "refused"],
  "a torn main and a backup": ["recovered"],
  "a temporary file alone": ["recovered"],
  "an edited main": ["loaded", "refused"],
  "a damaged journal": ["loaded", "refused"],
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`inspector: loads what open loads, ${what}`, async () => {
    const kinds = new Set<string>();
    for (const folder of await readdir(FIXTURES)) {
      const files = new Map<string, Uint8Array>();
      for (const name of await readdir(new URL(`${folder}/`, FIXTURES))) {
        if (name === "expected.json") continue;
        files.set(name, await readFile(new URL(`${folder}/${name}`, FIXTURES)));
      }
      const main = files.has("offsets.json") ? "offsets.json" : "offset.json";
      damage(files, main);
      kinds.add(await compare(files, main));
    }
    assert.deepEqual([...kinds].sort(), KINDS[what]);
  });
}

/** Asserts that a store opens with what the inspector says; answers how. */
async function compare(files: Map<string, Uint8Array>, name: string): Promise<string> {
  await using at = await StoreDirectory.make();
  await mkdir(at.directory, { recursive: true });
  for (const [each, bytes] of files) await writeFile(at.path(each), bytes);
  const main = at.path(name);
  const placed = [...files].map(([each, bytes]) => place(dropped(at.path(each), bytes)));
  const load = await loadStore(main, placed);
  const shown = (faults: readonly { path: string; reason: string }[]) =>
    faults.map(({ path, reason }) => `${path}: ${reason}`);
  const format = name === "offsets.json" ? "java" : "go";
  try {
    await using store = await at.open({ format });
    assert.ok(load.is !== "refused", JSON.stringify(load));
    const { kind, source, faults, journalRecords } = store.loadOutcome;
    assert.deepEqual(
      [load.is, load.source, load.records, shown(load.faults)],
      [kind, source, journalRecords, shown(faults)],
    );
    assert.ok(load.table.equals(store.snapshot()));
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError)) throw error;
    assert.ok(load.is === "refused", load.is);
    assert.deepEqual([shown(load.faults), load.candidates], [
      shown(error.faults),
      error.candidates,
    ]);
  }
  return load.is;
}

const OFFSETS = fc.array(
  fc.tuple(
    fc.record({
      topic: fc.constantFrom("orders", "Orders-2", "mails"),
      brokerName: fc.constantFrom("broker-a", "b"),
      queueId: fc.integer({ min: 0, max: 12 }),
    }),
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  ),
  { maxLength: 30 },
);

test("inspector: a view filters and sorts, and loses no row", () => {
  const columns = fc.constantFrom<Column>("topic", "queueId", "offset", "other", "difference");
  check(fc.property(OFFSETS, OFFSETS, columns, (a, b, sort) => {
    const [table, other] = [OffsetTable.from(a), OffsetTable.from(b)];
    const rows = rowsOf(table, other);
    const queues = new Set([...table, ...other].map(([mq]) => JSON.stringify(mq)));
    assert.equal(rows.length, queues.size);
    const all = { filter: "", sort, direction: "up", onlyDifferent: false } as const;
    const up = viewOf(rows, all);
    assert.equal(up.length, rows.length);
    const offsets = viewOf(rows, { ...all, sort: "offset" }).map(({ offset }) => offset ?? -1n);
    assert.deepEqual(offsets, offsets.toSorted((x, y) => x < y ? -1 : Number(x > y)));
    const down = viewOf(rows, { ...all, sort: "queueId", direction: "down" });
    assert.deepEqual(
      down.map((row) => row.queueId),
      rows.map((row) => row.queueId).sort((x, y) => y - x),
    );
    const found = viewOf(rows, { ...all, filter: "ORDERS 2" });
    const matches = rows.filter(({ topic, queueId }) =>
      topic === "Orders-2" || (topic === "orders" && queueId === 2)
    );
    assert.equal(found.length, matches.length);
    const different = viewOf(rows, { ...all, onlyDifferent: true });
    assert.equal(different.length, rows.filter((row) => row.offset !== row.other).length);
  }));
});

test("inspector: a store that open refuses is not in the list of what it would load", async () => {
  const files = [dropped("/offset.json", "torn"), dropped("/offset.json.bak", "torn")];
  const load = await loadStore("/offset.json", files.map(place));
  assert.equal(load.is, "refused");
  assert.equal(load.faults.length, 2);
});
