import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path/posix";
import { test } from "node:test";

const TESTS = new URL("../", import.meta.url);
const files = readdirSync(TESTS, { recursive: true }).map((name) =>
  String(name).replaceAll("\\", "/")
);

test("each folder of tests is in one group, but for those that read from a URL", () => {
  const grouped = files.filter((name) => /^groups\/.*\.ts$/.test(name)).flatMap((name) =>
    [...readFileSync(new URL(name, TESTS), "utf8").matchAll(/^await importTests\(([^]*)\);$/gm)]
      .flatMap(([, folders]) => [...folders.matchAll(/"([^"]+)"/g)].map(([, folder]) => folder))
  );
  const folders = new Set(files.filter((name) => name.endsWith("_test.ts")).map(dirname));
  folders.delete("url");
  assert.deepEqual(grouped.sort(), [...folders].sort());
});
