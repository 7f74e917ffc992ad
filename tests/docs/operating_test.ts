/** What the page about operating a store says in figures and names is so. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { tickOf } from "../../src/file/fs/file_info.ts";
import { LONGEST_FILE } from "../../src/file/fs/longest_file.ts";
import {
  backupOf,
  journalOf,
  lockOf,
  pendingBackupOf,
  quarantineOf,
  temporaryOf,
  undoOf,
} from "../../src/file/paths.ts";
import { run } from "../scripts/offsets_run.ts";

const page = await readFile(new URL("../../docs/operating.md", import.meta.url), "utf8");
/** The page as one line. */
const text = page.replaceAll(/\s+/g, " ");

test("docs/operating.md names every file of a store", () => {
  const unique = "<time>-<id>";
  const main = "offset.json";
  for (
    const name of [main, backupOf(main), journalOf(main), lockOf(main), temporaryOf(main, unique)]
  ) {
    assert.ok(text.includes(`| \`${name}\``), name);
  }
  assert.ok(text.includes(`| \`${undoOf(main, unique)}\``));
  const ends = [pendingBackupOf("", "").slice(1), quarantineOf("", unique)];
  for (const end of ends) assert.ok(text.includes(`\`…${end}\``), end);
});

test("docs/operating.md gives the figures of the code", () => {
  assert.ok(text.includes(`${LONGEST_FILE}`.replace(/\B(?=(\d{3})+$)/g, " ")));
  const [fine, coarse] = [2 * tickOf(0.5), 2 * tickOf(0)];
  assert.equal(fine, 40);
  assert.equal(Math.round(coarse / 1000), 4);
  assert.ok(text.includes(`a snapshot takes ${fine} ms longer`));
  assert.ok(text.includes("where times are whole seconds, four seconds"));
});

test("docs/operating.md names diagnostics that a store reports, and commands of the tool", async () => {
  const options = await readFile(new URL("../../src/file/options.ts", import.meta.url), "utf8");
  for (const kind of ["call-missing", "root-not-synced"]) {
    assert.ok(text.includes(`\`${kind}\``) && options.includes(`"${kind}"`), kind);
  }
  const { out } = await run(["--help"]);
  for (const command of ["list", "show", "verify", "diff", "backup", "rescue"]) {
    assert.match(out, new RegExp(`^ +${command} `, "m"));
  }
  assert.ok(text.includes("`offsets backup FILE DIR`"));
});
