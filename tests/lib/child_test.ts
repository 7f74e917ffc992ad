import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Child } from "../../scripts/lib/child.ts";

const isWindows = process.platform === "win32";
const shell = (script: string, options = {}) => new Child(["sh", "-c", script], options);

test(
  "child: its lines are taken in turn, and one that is cut short is none",
  { skip: isWindows },
  async () => {
    const child = shell("echo a; echo b; printf c; exit 3");
    assert.deepEqual([await child.take(), await child.take(), await child.take()], [
      "a",
      "b",
      undefined,
    ]);
    const { code, signal, lines } = await child.ended;
    assert.deepEqual({ code, signal, lines }, { code: 3, signal: null, lines: ["a", "b"] });
  },
);

test("child: it reads lines, and then the end of its input", { skip: isWindows }, async () => {
  const child = shell('while read -r line; do echo "got $line"; done; echo end');
  const first = child.take();
  child.tell("one");
  assert.equal(await first, "got one");
  assert.equal(await child.wrote("got"), true);
  child.hangUp();
  assert.equal(await child.wrote("end"), true);
  assert.equal(await child.wrote("got", 2), false);
});

test("child: several wait for it at a time", { skip: isWindows }, async () => {
  const child = shell("read -r line; echo out; echo complaint >&2");
  const all = [child.wrote("out"), child.complained("complaint"), child.take()];
  child.tell("go");
  assert.deepEqual(await Promise.all(all), [true, true, "out"]);
  assert.equal(await child.complained("another"), false);
  assert.equal(child.errors, "complaint\n");
});

test("child: a group is killed with what it has started, and a child alone without", {
  skip: isWindows,
}, async () => {
  for (const isGroup of [true, false]) {
    // The sleeper holds the output open: the end comes only after its own.
    const child = shell("sleep 600 & echo $!; wait", { isGroup });
    const sleeper = Number(await child.take());
    child.kill();
    if (!isGroup) process.kill(sleeper, "SIGKILL");
    assert.equal((await child.ended).signal, "SIGKILL");
    child.kill();
  }
});

test("child: one that cannot be started rejects, and nobody waits for ever", async () => {
  const child = new Child(["no-such-program-here"]);
  assert.equal(await child.take(), undefined);
  assert.equal(await child.wrote("anything"), false);
  await assert.rejects(child.ended, { code: "ENOENT" });
  child.kill();
});
