/** The page about system calls names tests that are there, and every call that a store makes. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CALLS } from "../../scripts/verify/faults/failing_calls.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

/** The system calls behind each call of the interface. */
const SYSTEM_CALLS: Readonly<Record<string, readonly string[]>> = {
  readFile: ["open, to read"],
  stat: ["stat"],
  readLink: ["readlink"],
  readDirectory: ["readdir"],
  create: ["open, to create"],
  syncFile: ["fsync of a file"],
  syncDirectory: ["fsync of a directory"],
  link: ["link"],
  rename: ["rename"],
  unlink: ["unlink"],
  makeDirectory: ["mkdir"],
  chownDirectory: ["fchown"],
  removeDirectory: ["rmdir"],
  write: ["write"],
  reserve: ["write"],
  truncate: ["ftruncate"],
  chmod: ["fchmod"],
  chown: ["fchown"],
  backdate: ["futimes"],
  fileStat: ["fstat"],
  sync: ["fsync of a file"],
  syncData: ["fdatasync"],
  // A close after a sync has nothing to say: its errors came with the sync.
  close: [],
};

test("each entry about a system call names a test that is there", async () => {
  const [, ...sections] = (await read("docs/file-system-calls.md")).split(/^## /m);
  const described: string[] = [];
  let entries = 0;
  for (const section of sections) {
    described.push(section.split("\n")[0]);
    for (const entry of section.split(/^- /m).slice(1)) {
      entries++;
      const shown = /Shown\s+by\s+`([^`]+)`\s+in\s+`([^`]+)`\.\s*$/.exec(entry);
      assert.ok(shown, entry);
      const [, name, file] = shown;
      const code = await read(`tests/${file}`);
      const isThere = ['"', "`"].some((mark) => code.includes(`${mark}${name}${mark}`));
      assert.ok(isThere, `no test "${name}" in ${file}`);
    }
  }
  assert.deepEqual(CALLS.toSorted(), Object.keys(SYSTEM_CALLS).sort());
  const all = new Set(Object.values(SYSTEM_CALLS).flat());
  assert.deepEqual(described.toSorted(), [...all].sort());
  assert.ok(entries >= 50, `only ${entries} entries`);
});
