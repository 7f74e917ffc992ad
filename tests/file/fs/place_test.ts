/** In which thread calls are made that give names or take them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import { Place, placeOf } from "../../../src/file/fs/place.ts";
import { withClockThatTakes } from "../../support/stopped_clock.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** The thread that makes a call for a name. */
async function threadOf(place: Place): Promise<string> {
  return await place.name(() => "here", () => Promise.resolve("elsewhere"));
}

test("P1 another thread gives and takes the names of large files, this one those of small files", async () => {
  await withClockThatTakes(0, async () => {
    const place = new Place();
    assert.equal(await threadOf(place), "elsewhere", "nobody knows yet that it is quick");
    assert.equal(await threadOf(place), "here");
    place.files = "large";
    for (let n = 0; n < 3; n++) assert.equal(await threadOf(place), "elsewhere");
    place.files = "small";
    assert.equal(await threadOf(place), "here");
  });
});

test("P1 the files of a directory are as large as the one that was last created there", async () => {
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
  assert.equal(place.files, "small");
  await write("large", 128 * 1024 + 1);
  assert.equal(place.files, "large");
  await nodeFileSystem.rename(at.path("large"), at.path("renamed"));
  await nodeFileSystem.link(at.path("renamed"), at.path("linked"));
  await nodeFileSystem.unlink(at.path("renamed"));
  assert.equal(place.files, "large", "until another is created");
  assert.deepEqual(await at.names(), ["linked", "other", "small"]);
  await assert.rejects(nodeFileSystem.unlink(at.path("none")), { code: "ENOENT" });
  await write("small too");
  assert.equal(place.files, "small");
  await write("large in two", 200_000, 1);
  assert.equal(place.files, "large");
});

test("P1 places are remembered while their directories are used, and 256 of them at most", () => {
  const nameOf = (n: number) => `/place-test/${n}`;
  const first = placeOf(nameOf(0));
  for (let n = 1; n < 256; n++) placeOf(nameOf(n));
  assert.equal(placeOf(nameOf(0)), first, "it was used last");
  for (let n = 256; n < 256 + 255; n++) placeOf(nameOf(n));
  assert.equal(placeOf(nameOf(0)), first, "it is the oldest of 256");
  for (let n = 1000; n < 1000 + 256; n++) placeOf(nameOf(n));
  assert.notEqual(placeOf(nameOf(0)), first);
});
