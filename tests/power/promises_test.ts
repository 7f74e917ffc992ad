import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  promise,
  type PromiseEntry,
  Promises,
  readPromises,
  textOf,
} from "../../scripts/verify/power/promises.ts";
import { check } from "../support/check.ts";

/** Generations 1 to n that are begun and acknowledged, each at a length of the log of its own. */
const history = (n: number): PromiseEntry[] =>
  Array.from({ length: n }, (_, i): PromiseEntry[] => [
    { at: 20 * i + 10, begun: i + 1, table: `0=${i + 1}` },
    { at: 20 * i + 20, acknowledged: i + 1 },
  ]).flat();

test("power: after an acknowledgement nothing older may be there, and nothing that was not begun", () => {
  check(fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(200), fc.nat(10), (n, end, loaded) => {
    const promises = new Promises(history(n));
    const acknowledged = Math.min(n, Math.floor(end / 20));
    const begun = Math.min(n, Math.floor((end + 10) / 20));
    assert.deepEqual(promises.allowedAt(end), { least: acknowledged, most: begun });
    const table = loaded === 0 ? "" : `0=${loaded}`;
    const { is } = promises.judge(table, promises.allowedAt(end));
    if (loaded >= acknowledged && loaded <= begun) assert.equal(is, "kept");
    else if (loaded === 0) assert.equal(is, "empty");
    else assert.equal(is, loaded < acknowledged ? "lost" : "made up");
  }));
});

test("power: a table that returns is that of the latest generation that has it", () => {
  const promises = new Promises([
    ...history(2),
    { at: 50, begun: 3, table: "0=1" },
    { at: 60, acknowledged: 3 },
  ]);
  assert.deepEqual(promises.judge("0=1", promises.allowedAt()), { is: "kept", generation: 3 });
  assert.deepEqual(promises.judge("0=2", promises.allowedAt()), { is: "lost", generation: 2 });
  assert.deepEqual(promises.judge("0=7", promises.allowedAt()), { is: "made up" });
  assert.equal(promises.last, 3);
});

test("power: what open has shown is promised alone, and a torn main may fall back", () => {
  const shown = new Promises([...history(3), { at: 70, begun: 4, table: "0=4" }, {
    at: 80,
    shown: 3,
  }]);
  assert.deepEqual(shown.allowedAt(70), { least: 3, most: 4 });
  assert.deepEqual(shown.allowedAt(), { least: 3, most: 3 });
  const torn = new Promises([...history(3), { at: 70, mayFallBackTo: 2 }]);
  assert.deepEqual(torn.allowedAt(), { least: 2, most: 3 });
});

test("power: an acknowledgement that comes late takes nothing back", () => {
  const both = [...history(1), { at: 30, begun: 2, table: "a" }, { at: 30, begun: 3, table: "b" }];
  const promises = new Promises([...both, { at: 40, acknowledged: 3 }, {
    at: 41,
    acknowledged: 2,
  }]);
  assert.deepEqual(promises.allowedAt(), { least: 3, most: 3 });
});

test("power: the next process after a power cut goes on with what may be there", () => {
  const before = new Promises(history(4));
  const after = new Promises(before.restartedWith(before.allowedAt(65)));
  assert.deepEqual(after.allowedAt(0), { least: 3, most: 3 });
  assert.equal(after.judge("0=3", after.allowedAt()).is, "kept");
  assert.equal(after.judge("0=2", after.allowedAt()).is, "lost");
  assert.equal(after.judge("0=4", after.allowedAt()).is, "made up");
  assert.equal(after.last, 3);
});

test("power: promises are kept in a file with the length of the disk's log", async () => {
  const folder = await mkdtemp(join(tmpdir(), "power-test-"));
  try {
    const [path, log] = [join(folder, "promises"), join(folder, "log")];
    assert.deepEqual(readPromises(path), []);
    await writeFile(log, "12345");
    promise(path, log, { begun: 1, table: "0=1" });
    await writeFile(log, "1234567");
    promise(path, log, { acknowledged: 1 });
    assert.deepEqual(readPromises(path), [
      { at: 5, begun: 1, table: "0=1" },
      { at: 7, acknowledged: 1 },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
  const mq = (queueId: number) => ({ topic: "t", brokerName: "b", queueId });
  assert.equal(textOf([[mq(2), 7n], [mq(10), -1n]]), textOf([[mq(10), -1n], [mq(2), 7n]]));
  assert.notEqual(textOf([[mq(2), 7n]]), textOf([[mq(2), 8n]]));
});
