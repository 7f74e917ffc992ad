/** When a file counts as the same, unchanged one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type FileInfo,
  isSameFile,
  isSameInode,
  isYoung,
  tickOf,
} from "../../../src/file/fs/file_info.ts";
import { check } from "../../support/check.ts";

const INFO: FileInfo = {
  kind: "file",
  dev: 1,
  ino: 2,
  size: 3,
  mtimeMs: 4,
  mode: 0o600,
  uid: 5,
  gid: 6,
};

test("P9 another device, inode, size or time makes another file; nothing else does", () => {
  assert.ok(isSameFile(INFO, { ...INFO }));
  for (const field of ["dev", "ino", "size", "mtimeMs"] as const) {
    const other = { ...INFO, [field]: 9 };
    assert.equal(isSameFile(INFO, other), false, field);
    assert.equal(isSameFile(other, INFO), false, field);
  }
  assert.ok(isSameFile(INFO, { ...INFO, mode: 0o644, uid: 0, gid: 0 }));
  const exact = { ...INFO, dev: 2n ** 60n, ino: 2n ** 60n + 1n };
  assert.ok(isSameFile(exact, { ...exact }));
  assert.equal(isSameFile(exact, { ...exact, ino: 2n ** 60n }), false);
});

test("P9 a file that was changed in place has the same inode", () => {
  assert.ok(isSameInode(INFO, { ...INFO, size: 9, mtimeMs: 9 }));
  assert.equal(isSameInode(INFO, { ...INFO, dev: 9 }), false);
  assert.equal(isSameInode(INFO, { ...INFO, ino: 9 }), false);
});

test("P9 no file is the same as no file, and as nothing else", () => {
  assert.ok(isSameFile(undefined, undefined));
  assert.equal(isSameFile(undefined, INFO), false);
  assert.equal(isSameFile(INFO, undefined), false);
});

/** A time that is not on a whole second. */
const SINCE = 1_700_000_000_123;

test("P9 a file is young if it changed within twenty milliseconds of the look, before or after", () => {
  for (const [distance, expected] of [[0, true], [20, true], [21, false], [1e6, false]] as const) {
    for (const ms of [SINCE - distance, SINCE + distance]) {
      for (const fraction of [0, 0.5, 0.9]) {
        assert.equal(isYoung({ ...INFO, mtimeMs: ms + fraction }, SINCE), expected, `${distance}`);
        assert.equal(isYoung({ ...INFO, mtimeMs: ms }, SINCE + fraction), expected);
      }
    }
  }
});

test("P9 a file whose time is on a whole second is young for two seconds", () => {
  const mtimeMs = 1_700_000_000_000;
  assert.deepEqual([tickOf(mtimeMs), tickOf(mtimeMs + 1), tickOf(mtimeMs + 0.5)], [2020, 20, 20]);
  for (const [distance, expected] of [[0, true], [2020, true], [2021, false]] as const) {
    assert.equal(isYoung({ ...INFO, mtimeMs }, mtimeMs + distance), expected);
    assert.equal(isYoung({ ...INFO, mtimeMs }, mtimeMs - distance), expected);
  }
});

/** The resolutions of the clocks that file systems have: fine ones, ext3's and HFS+'s, and FAT's. */
const RESOLUTIONS = [0.25, 1, 4, 10, 1000, 2000];

test("P9 a file that is not young gets another time with its next change, on every file system", () => {
  const met = new Set<string>();
  check(
    fc.property(
      fc.constantFrom(...RESOLUTIONS),
      fc.constantFrom<"down" | "up">("down", "up"),
      fc.integer({ min: 0, max: 4_000_000 }),
      fc.integer({ min: 0, max: 12_000 }),
      fc.integer({ min: 0, max: 2_000 }),
      (resolution, round, change, look, next) => {
        // In quarters of a millisecond, so that all sums are exact.
        const changed = 1.7e12 + change / 4;
        const looked = changed + look / 4;
        const changedAgain = looked + next / 4;
        const rounded = round === "down" ? Math.floor : Math.ceil;
        const stamp = (time: number) => rounded(time / resolution) * resolution;
        const isKnown = !isYoung({ ...INFO, mtimeMs: stamp(changed) }, looked);
        met.add(`${resolution} ${isKnown ? "settled" : "young"}`);
        if (isKnown) assert.notEqual(stamp(changedAgain), stamp(changed));
      },
    ),
    { numRuns: 5000 },
  );
  assert.equal(met.size, 2 * RESOLUTIONS.length, [...met].join());
});
