/** Where calls are made that give names or take them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import { Place, placeOf } from "../../../src/file/fs/place.ts";
import { withClockThatTakes } from "../../support/stopped_clock.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** Who makes a call that names something. */
async function whoNames(place: Place): Promise<string> {
  return await place.name(() => "here", () => Promise.resolve("elsewhere"));
}

test("P1 names of large files are given and taken by another thread, those of small ones here", async () => {
  await withClockThatTakes(0, async () => {
    const place = new Place();
    assert.equal(await whoNames(place), "elsewhere", "nobody knows yet that it is quick");
    assert.equal(await whoNames(place), "here");
    place.isLarge = true;
    for (let n = 0; n < 3; n++) assert.equal(await whoNames(place), "elsewhere");
    place.isLarge = false;
    assert.equal(await whoNames(place), "here");
  });
});

test("P1 files are large where the last that was created is", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const place = placeOf(at.directory);
  assert.equal(placeOf(at.directory), place);
  assert.notEqual(placeOf(at.root), place);
  const write = async (name: string, ...lengths: number[]) => {
    const file = await nodeFileSystem.create(at.path(name));
    for (const length of lengths) await file.write(new Uint8Array(length), 0);
    await file.close();
  };
  await write("small", 128 * 1024);
  assert.ok(!place.isLarge);
  await write("large", 128 * 1024 + 1);
  assert.ok(place.isLarge);
  await nodeFileSystem.rename(at.path("large"), at.path("renamed"));
  await nodeFileSystem.link(at.path("renamed"), at.path("linked"));
  await nodeFileSystem.unlink(at.path("renamed"));
  assert.ok(place.isLarge, "until another is created");
  assert.deepEqual(await at.names(), ["linked", "other", "small"]);
  await assert.rejects(nodeFileSystem.unlink(at.path("none")), { code: "ENOENT" });
  await write("small too");
  assert.ok(!place.isLarge);
  await write("large in two", 200_000, 1);
  assert.ok(place.isLarge);
});
