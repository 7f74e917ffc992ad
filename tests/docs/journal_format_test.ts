/** docs/journal-format.md against the reader and the writer of a journal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { OffsetFileCorruptError, OffsetTable, parse, serialize } from "../../mod.ts";
import { checksumOf } from "../../src/core/format/checksum.ts";
import { parseHeader } from "../../src/core/format/journal_header.ts";
import { readJournal } from "../../src/core/format/read_journal.ts";
import type { Generation } from "../../src/core/format/generation.ts";
import { Int64Array } from "../../src/core/table/int64_array.ts";
import { sizeOf } from "../../src/file/commit/changes.ts";
import type { ValidFile } from "../../src/file/recovery/read_snapshot.ts";
import { relationOf } from "../../src/file/recovery/replay.ts";
import { read } from "../architecture/sources.ts";
import { firstHeaderOf, headerOf, recordOf } from "../support/journal_lines.ts";
import { queue, StoreDirectory } from "../support/store_directory.ts";

const PAGE = read("docs/journal-format.md");
const SNAPSHOT = block("## An example").slice(0, -1);
const JOURNAL = block("The journal extends it");
const ID = { length: SNAPSHOT.length, crc32: crc32(SNAPSHOT) };
const LINE = recordOf([[queue(0), 44n]]);

/** The first fenced block behind a text of the page. */
function block(behind: string): string {
  const rest = PAGE.slice(PAGE.indexOf(behind));
  return /^```text\n([^]*?)^```$/m.exec(rest)![1];
}

/** The rows of the table with this first title, without the titles. */
function rows(title: string): string[][] {
  const table = new RegExp(`^\\| ${title} .*\n\\|.*\n((?:\\|.*\n)+)`, "m").exec(PAGE)![1];
  return table.trimEnd().split("\n").map((row) =>
    row.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("J2 J3 the example's snapshot is what the store writes, with its length and checksum", () => {
  const table = OffsetTable.from([[queue(0), 41], [queue(1), 7]]);
  assert.equal(SNAPSHOT, serialize(table, { generation: 7 }));
  const [, covered] = /^\{"offsetTable":(.*),"crc32":"dd12d302"\}$/.exec(SNAPSHOT)!;
  assert.match(covered, /^\{"\{\\"topic\\".*:7\},"generation":7$/);
  assert.equal(checksumOf(covered), "dd12d302");
  assert.ok(PAGE.includes(`${SNAPSHOT.length} bytes`));
});

test("J2 J3 the example's journal is what the store writes, and names the snapshot", () => {
  for (const line of JOURNAL.trimEnd().split("\n")) {
    const [, sum, text] = /^([0-9a-f]{8}) (.*)$/.exec(line)!;
    assert.equal(crc32(text).toString(16).padStart(8, "0"), sum);
  }
  const first = recordOf([[queue(0), 42n]]);
  const second = recordOf([[queue(0), 43n], [queue(2), -1n]]);
  assert.equal(JOURNAL, headerOf(ID) + first + second);
  const members = Object.keys(JSON.parse(JOURNAL.slice(9, JOURNAL.indexOf("\n"))));
  assert.deepEqual(rows("Member").map(([name]) => name.replaceAll("`", "")), members);
});

test("J3 the example's files load as the page says", async () => {
  await using at = await StoreDirectory.make({
    "offset.json": SNAPSHOT,
    "offset.json.journal": JOURNAL,
  });
  const store = await at.open();
  const [, ...told] = /queue 0 at (\S+), queue 1 at (\S+), queue 2 at (\S+)\./.exec(PAGE)!;
  const loaded = told.map((offset, id) => [queue(id), BigInt(offset)] as const);
  assert.ok(store.snapshot().equals(OffsetTable.from(loaded)));
  assert.deepEqual([store.loadOutcome.journalRecords, store.loadOutcome.faults], [2, []]);
  assert.equal(parse(SNAPSHOT).size, 2);
});

const bad = (text: string) => `00000000${text.slice(8)}`;

/** Each kind of end in the table of damage. */
const ENDS: Readonly<Record<string, string>> = {
  "nothing": "",
  "zeros": "\0".repeat(100),
  "one bad line": bad(LINE),
  "one bad line without a line feed": LINE.slice(0, -3),
  "two bad lines": bad(LINE) + bad(LINE),
  "a bad line and a good line": bad(LINE) + LINE,
  "a good line that is no offset file": headerOf(ID),
};

test("J2 the damage of each end is what the page says", () => {
  const told = Object.fromEntries(rows("What follows the last good record"));
  assert.deepEqual(Object.keys(told), Object.keys(ENDS));
  for (const [name, end] of Object.entries(ENDS)) {
    const { records, damage } = readJournal(bytesOf(JOURNAL + end));
    assert.deepEqual([records, damage?.kind ?? "undamaged"], [2, told[name]], name);
  }
});

test("J2 corrupt is refused, unless the first line says relaxed; torn is reported", async () => {
  const relaxed = headerOf(ID, undefined, { durability: "relaxed" });
  for (const [name, end] of Object.entries(ENDS)) {
    const kind = readJournal(bytesOf(JOURNAL + end)).damage?.kind;
    for (const header of [headerOf(ID), relaxed]) {
      await using at = await StoreDirectory.make({
        "offset.json": SNAPSHOT,
        "offset.json.journal": JOURNAL.replace(headerOf(ID), header) + end,
      });
      if (kind === "corrupt" && header !== relaxed) {
        await assert.rejects(at.open(), OffsetFileCorruptError, name);
        continue;
      }
      const { loadOutcome } = await at.open();
      assert.equal(loadOutcome.journalRecords, 2, name);
      assert.equal(loadOutcome.faults.length, kind === undefined ? 0 : 1, name);
    }
  }
});

const N = 7;

/** A generation as the table writes it. */
const generationOf = (cell: string): Generation | undefined =>
  cell === "none" ? undefined : N + Number(cell.replace("−", "-").replaceAll(/[N ]/g, ""));

test("J3 each pair of generations is what the page says", () => {
  const all = rows("Journal's generation");
  assert.ok(all.length > 5);
  for (const row of all) {
    const [journals, mains, bytes, checksum, told] = row;
    const content = readJournal(bytesOf(JOURNAL));
    const header = { ...content.header!, generation: generationOf(journals) };
    const main = {
      id: bytes === "others" ? { length: 1, crc32: 2 } : ID,
      generation: generationOf(mains),
      checksum,
      table: parse(SNAPSHOT),
    } as ValidFile;
    const relation = relationOf({ ...content, header }, main);
    assert.equal(relation === "records" ? "applied" : relation, told, row.join(" | "));
  }
});

test("J3 a first line's generation is from 1 to 2^53 − 3", () => {
  const generationIn = (generation: number) => {
    const header = parseHeader(headerOf(ID, undefined, { generation }).slice(9, -1));
    return typeof header === "string" ? header : header.generation;
  };
  for (const generation of [1, 2 ** 53 - 3]) assert.equal(generationIn(generation), generation);
  for (const generation of [0, 2 ** 53 - 2]) assert.equal(generationIn(generation), undefined);
});

test("J2 a newer version is refused, and the reason says what to do", async () => {
  const text = '{"version":2,"anything":true}';
  const line = `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
  await using at = await StoreDirectory.make({
    "offset.json": SNAPSHOT,
    "offset.json.journal": line,
  });
  await assert.rejects(at.open(), (error: OffsetFileCorruptError) => {
    assert.match(
      error.faults[0].reason,
      /version 2, .* open the store with that version and close/,
    );
    return true;
  });
  assert.equal(await at.text("offset.json.journal"), line);
});

test("J3 the form of 0.1.0: the page's line is its first line, and the rules hold", () => {
  assert.equal(block("## The form of version 0.1.0"), firstHeaderOf(ID));
  const main = { id: ID, generation: undefined, checksum: "verified" } as ValidFile;
  const relation = (offset: bigint, id = ID) =>
    relationOf(readJournal(bytesOf(firstHeaderOf(ID) + recordOf([[queue(0), offset]]))), {
      ...main,
      id,
      table: parse(SNAPSHOT),
    });
  assert.equal(relation(42n), "records");
  const other = { length: 1, crc32: 2 };
  assert.deepEqual([40n, 41n, 42n].map((offset) => relation(offset, other)), [
    ...["leftover", "leftover", "foreign"],
  ]);
});

test("J1 a record has at most as many queues as the page says", () => {
  const most = Number(/more than (\d+) queues/.exec(PAGE)![1]);
  const sizeFor = (queues: number) =>
    sizeOf({
      slots: new Uint32Array(queues),
      offsets: new Int64Array(),
      deleted: [],
      memory: "touched",
    });
  assert.deepEqual([sizeFor(most), sizeFor(most + 1)], ["few", "many"]);
});

test("J2 the writer makes as much room as the page says", async () => {
  for (const [journal, room] of [[true, 64 * 1024], [{ compactAtBytes: 100 }, 100]] as const) {
    await using at = await StoreDirectory.make({ "offset.json": SNAPSHOT });
    const store = await at.open({ journal });
    store.update(queue(0), 42, true);
    await store.persist();
    const text = await at.text("offset.json.journal");
    // The room begins behind the first line, and the record lies in it.
    assert.equal(text.length, headerOf(ID).length + room);
  }
});
