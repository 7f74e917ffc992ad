/** The question before a change, on a real pseudo-terminal. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { table, Workspace } from "../scripts/offsets_run.ts";
import { rest } from "./harness.ts";
import { hasTerminals, onTerminal } from "./pseudo_terminal.ts";

const T = table(["orders", "broker-a", 0, 10n]);
const NEW = table(["orders", "broker-a", 0, 11n]);
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const SIGINT = 2;
const options = {
  skip: await hasTerminals() ? false : "there is no python3 for a pseudo-terminal",
};

for (
  const [what, keys, isDone, codes] of [
    ["y", "y\n", true, [0]],
    ["n", "n\n", false, [1]],
    ["the end of the input", CTRL_D, false, [1]],
    ["Ctrl-C", CTRL_C, false, [-SIGINT, 128 + SIGINT]],
  ] as const
) {
  test(`a question that is answered with ${what}`, options, async () => {
    await using w = await Workspace.make();
    const path = await w.write("offset.json", T);
    await rest(path);
    const { shown, typed, code } = await onTerminal(
      ["reset", path, "--to-offset", "11"],
      `Change "${path}"? [y/N] `,
      keys,
    );
    assert.ok(typed, shown);
    assert.ok((codes as readonly number[]).includes(code), `${code}: ${shown}`);
    assert.match(shown, /^TOPIC +BROKER +QUEUE +FROM +TO\r\norders +broker-a +0 +10 +11\r\n/);
    assert.ok((await w.table("offset.json")).equals(isDone ? NEW : T));
    if (!isDone) assert.deepEqual(await readdir(w.root), ["offset.json"]);
  });
}

test("Ctrl-C while a young store is watched changes nothing", options, async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const args = ["reset", path, "--to-offset", "11", "--yes"];
  const { typed, code, shown } = await onTerminal(args, "Watching", CTRL_C);
  assert.ok(typed && [-SIGINT, 128 + SIGINT].includes(code), `${code}: ${shown}`);
  assert.deepEqual(await readdir(w.root), ["offset.json"]);
  assert.ok((await w.table("offset.json")).equals(T));
});
