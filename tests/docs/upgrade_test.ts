/** docs/upgrade.md against the files that a store writes, and the rules by which 0.1.0 reads them. */
import assert from "node:assert/strict";
import { readdir, readFile, rename } from "node:fs/promises";
import { test } from "node:test";
import { type OpenOptions, parse } from "../../mod.ts";
import { checksumOf } from "../../src/core/format/checksum.ts";
import { canonicalText } from "../../src/core/format/serialize.ts";
import { read } from "../architecture/sources.ts";
import { run } from "../scripts/offsets_run.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";

const PAGE = read("docs/upgrade.md");
const FIXTURES = new URL("../fixtures/0.1.0/", import.meta.url);

/** Version 0.1.0 takes the checksum over the table alone; a file without one is valid. */
function isGoodFor010(text: string): boolean {
  const checksum = /"crc32":"([0-9a-f]{8})"/.exec(text)?.[1];
  const table = parse(text, { verifyChecksum: false });
  return checksum === undefined || checksum === checksumOf(canonicalText(table));
}

/** Version 0.1.0 knows one first line of a journal. */
const isJournalFor010 = (text: string) =>
  /^[0-9a-f]{8} \{"snapshot":\{"length":\d+,"crc32":"[0-9a-f]{8}"\}\}\n/.test(text);

/** A store that has persisted three times, and was closed or killed. */
async function used(options: Partial<OpenOptions>, end: "close" | "abandon") {
  const at = await StoreDirectory.make();
  const store = await at.open(options);
  for (const offset of [1, 2, 3]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  await store[end]();
  return at;
}

test("L2 J3 the files of 0.1.0 are good by its rules as this test has them", async () => {
  let [mains, journals] = [0, 0];
  for (const folder of await readdir(FIXTURES)) {
    for (const name of await readdir(new URL(`${folder}/`, FIXTURES))) {
      const text = await readFile(new URL(`${folder}/${name}`, FIXTURES), "utf8");
      if (/^offsets?\.json$/.test(name)) mains += Number(isGoodFor010(text));
      if (name.endsWith(".journal")) journals += Number(isJournalFor010(text));
    }
  }
  assert.ok(mains >= 14 && journals >= 8, `${mains} files, ${journals} journals`);
});

test("J3 0.1.0 reads a store that never had a journal, and no file with a generation", async () => {
  for (const checksum of [true, false]) {
    await using plain = await used({ checksum }, "close");
    assert.ok(isGoodFor010(await plain.text("offset.json")));
    await using closed = await used({ checksum, journal: true }, "close");
    assert.match(await closed.text("offset.json"), /"generation":2,"crc32"/);
    assert.deepEqual(await closed.names(), ["offset.json", "offset.json.bak"]);
    for (const name of await closed.names()) {
      assert.ok(!isGoodFor010(await closed.text(name)));
    }
    await using killed = await used({ checksum, journal: true }, "abandon");
    assert.ok(!isGoodFor010(await killed.text("offset.json")));
    assert.ok(!isJournalFor010(await killed.text("offset.json.journal")));
  }
});

test("J3 the page's commands make files that 0.1.0 reads, with all offsets", async () => {
  const [, block] = /^ {3}```sh\n([^]*?)^ {3}```$/m.exec(PAGE)!;
  const commands = block.trim().split("\n").map((line) => line.trim().split(" "));
  for (const end of ["close", "abandon"] as const) {
    await using at = await used({ journal: true }, end);
    const inPlace = (word: string) => word.startsWith("offset.json") ? at.path(word) : word;
    for (const [program, ...words] of commands) {
      if (program === "mv") await rename(inPlace(words[0]), inPlace(words[1]));
      else {
        assert.deepEqual([program, ...words.slice(0, 2)], ["deno", "task", "offsets"]);
        assert.equal((await run(words.slice(2).map(inPlace))).code, 0);
      }
    }
    const text = await at.text("offset.json");
    assert.doesNotMatch(text, /generation|crc32/);
    assert.ok(isGoodFor010(text) && parse(text).equals(tableOf(3)));
    const isUndo = (name: string) => name.startsWith("offset.json.undo-");
    const names = (await at.names()).filter((name) => !isUndo(name));
    assert.deepEqual(names, ["offset.json", "offset.json.bak"]);
  }
});

test("J3 a client that rewrites main makes the journal foreign; then generations begin anew", async () => {
  await using at = await used({ journal: true }, "abandon");
  await at.write("offset.json", tableOf(2));
  const store = await at.open({ journal: true });
  assert.equal(store.peek(queue(0)), 2n);
  assert.deepEqual(store.loadOutcome.faults.map(({ path }) => path), [
    at.path("offset.json.journal"),
  ]);
  store.update(queue(0), 4, true);
  await store.persist();
  assert.match(await at.text("offset.json"), /"generation":1,/);
  const [kept] = (await at.names()).filter((name) => name.includes(".journal.corrupt-"));
  assert.match(await at.text(kept), /queueId\\":0\}":3/);
});
