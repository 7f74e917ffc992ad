import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), "utf8");

test("each of the faults has tests, and FAULTS.md names them rightly", async () => {
  const rows = (await read("FAULTS.md")).matchAll(/^\| (F\d\d) +\|.*\| `(.+?)` +\| `(.+?)` +\|$/gm);
  const faults = new Set<string>();
  for (const [, fault, file, name] of rows) {
    faults.add(fault);
    const code = await read(file);
    const isThere = code.includes(`test("${name}"`) || code.includes(`test(\`${name}\``);
    assert.ok(isThere, `no test "${name}" in ${file}`);
  }
  const all = Array.from({ length: 26 }, (_, i) => `F${String(i + 1).padStart(2, "0")}`);
  assert.deepEqual([...faults].sort(), all);
});
