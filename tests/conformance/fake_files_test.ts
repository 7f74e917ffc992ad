import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isBelow, OwnDirectory } from "../../scripts/conformance/own_directory.ts";
import { check } from "../support/check.ts";
import { FakeFiles } from "./fake_files.ts";

const OUTSIDE = ["", ".", "..", "/", "/etc/hosts", "x", "./x", "../x", tmpdir()];

test("a fake client deletes and renames single files below the test's directory, nothing else", async () => {
  using files = await FakeFiles.make();
  const { directory } = files;
  const [one, two] = ["one", "two"].map((name) => join(directory, name));
  for (const path of [...OUTSIDE, directory, `${directory}/../x`, `${directory}x/y`]) {
    await assert.rejects(files.unlink(path), /^RangeError: Cannot touch/, path);
    await assert.rejects(files.rename(one, path), /^RangeError: Cannot touch/, path);
    await assert.rejects(files.rename(path, one), /^RangeError: Cannot touch/, path);
  }
  for (const path of [directory + "x", tmpdir(), "/"]) await assert.rejects(FakeFiles.of(path));
  writeFileSync(one, "");
  await files.rename(one, two);
  await (await FakeFiles.of(directory)).unlink(two);
  assert.ok(!existsSync(two));
});

test("the kit never removes a directory that is not strictly below its own", async () => {
  const own = await OwnDirectory.make();
  try {
    const part = fc.constantFrom("..", ".", "", "etc", "a");
    await check(fc.asyncProperty(fc.array(part), async (parts) => {
      const path = [own.path, ...parts].join("/");
      const isStrictlyBelow = parts.some((each) => each !== "" && each !== ".") &&
        !parts.includes("..");
      assert.equal(isBelow(own.path, path), isStrictlyBelow, path);
      if (!isStrictlyBelow) await assert.rejects(own.remove(path), /^RangeError: Cannot remove/);
    }));
    for (const path of OUTSIDE) await assert.rejects(own.remove(path), /^RangeError/, path);
    assert.ok(existsSync(own.path));
  } finally {
    await own.removeItself();
  }
  assert.ok(!existsSync(own.path));
});
