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

test("each row about a system call names a test that is there", async () => {
  const page = await read("docs/file-system-calls.md");
  const rows = page.split("\n").filter((line) => /^\| [a-z]/.test(line) && !/^\| call /.test(line));
  const described = new Set<string>();
  for (const row of rows) {
    const cells = /^\| (.+?) +\| .* \| `([^`]+)` +\| `([^`]+)` +\|$/.exec(row);
    assert.ok(cells, row);
    const [, call, file, name] = cells;
    described.add(call);
    const code = await read(`tests/${file}`);
    const isThere = ['"', "`"].some((mark) => code.includes(`${mark}${name}${mark}`));
    assert.ok(isThere, `no test "${name}" in ${file}`);
  }
  assert.deepEqual(CALLS.toSorted(), Object.keys(SYSTEM_CALLS).sort());
  const all = new Set(Object.values(SYSTEM_CALLS).flat());
  assert.deepEqual([...described].sort(), [...all].sort());
  assert.ok(rows.length >= 50, `only ${rows.length} rows`);
});
