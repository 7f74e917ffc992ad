/** The names in the tables of docs/api.md exist, and no error and no member is missing there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as api from "../../mod.ts";
import { read } from "../architecture/sources.ts";
import { StoreDirectory } from "../support/store_directory.ts";

const PAGE = read("docs/api.md");

/** The names in the first column of the tables with this title. */
function firstColumn(title: string): string[] {
  const tables = PAGE.matchAll(new RegExp(`^\\| ${title} .*\\n\\|.*\\n((?:\\|.*\\n)+)`, "gm"));
  return [...tables].flatMap(([, rows]) => rows.split("\n")).flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`(\w+)/g)].map(([, name]) => name)
  );
}

test("docs/api.md names exports that exist, and each error", () => {
  const entries = read("mod.ts") + read("src/core/mod.ts");
  const exported = [...entries.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, names]) =>
    names
  )
    .join().match(/\w+/g)!;
  const named = firstColumn("Export");
  assert.ok(named.length > 20);
  assert.deepEqual(named.filter((name) => !exported.includes(name)), []);
  const errors = Object.keys(api).filter((name) => /^Offset\w*Error$/.test(name));
  assert.ok(errors.length > 7);
  assert.deepEqual(errors.filter((name) => !named.includes(name)), []);
});

test("docs/api.md names each public member of a store", async () => {
  await using at = await StoreDirectory.make();
  await using store = await at.open();
  const named = firstColumn("Member");
  assert.deepEqual(named.filter((name) => !(name in store)), []);
  const members = Object.getOwnPropertyNames(api.LocalFileOffsetStore.prototype)
    .filter((name) => name !== "constructor" && !name.startsWith("_"));
  assert.deepEqual(members.filter((name) => !named.includes(name)), []);
});
