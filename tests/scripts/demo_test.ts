import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { main } from "../../scripts/demo.ts";
import { formatMessage, parseMessage } from "../../scripts/demo/message.ts";
import { silent, Workspace } from "./offsets_run.ts";

const DEMO = fileURLToPath(new URL("../../scripts/demo.ts", import.meta.url));
const FORGETFUL = fileURLToPath(new URL("forgetful_consumer.ts", import.meta.url));

async function demo(args: readonly string[], script = DEMO) {
  let [out, err] = ["", ""];
  const code = await main(args, {
    ...silent,
    out: (text) => out += text,
    err: (text) => err += text,
  }, script);
  return { code, out, err };
}

test("the demo kills, tears, and loses nothing", { timeout: 60_000 }, async () => {
  await using w = await Workspace.make();
  const { code, out, err } = await demo(["--kills", "2", "--directory", w.root]);
  assert.deepEqual([code, err], [0, ""], out);
  assert.equal(out.match(/^ {3}ok: nothing acknowledged was lost$/gm)?.length, 2);
  assert.match(out, /^ {3}Kill 2, after [1-9]\d* acknowledged persists/m);
  assert.match(out, /^ {3}TOPIC +BROKER +QUEUE +ACKNOWLEDGED +FOUND AFTER$/m);
  assert.match(out, /^ {3}payments +broker-a +0 +\d+ +\d+$/m);
  assert.match(out, /^ {3}loadOutcome\.kind +recovered$/m);
  assert.match(out, /^ {3}loadOutcome\.source +offset\.json\.bak$/m);
  assert.match(out, /^ {3}loadOutcome\.faults +offset\.json: .* position \d+ of \d+$/m);
  assert.match(out, /^ {3}open\(\) throws +OffsetFileCorruptError$/m);
  assert.match(out, /^ {3}error\.faults +offset\.json\.bak: /m);
  assert.match(out, /^ {3}ok: nothing was reset silently/m);
  assert.match(out, /\nNothing acknowledged was lost: 2 kills, \d+ acknowledged persists, .*\n$/);
  assert.deepEqual(await readdir(w.root), [], "it removes what it made");
});

test("the demo as JSON, of a consumer that says it persists and does not, fails", {
  timeout: 60_000,
}, async () => {
  await using w = await Workspace.make();
  const args = ["--kills", "1", "--json", "--directory", w.root];
  const { code, out } = await demo(args, FORGETFUL);
  assert.equal(code, 1, out);
  const { lost, kills } = JSON.parse(out);
  assert.equal(lost, true);
  const { before, after } = kills[0].queues[0];
  assert.ok(BigInt(before) > BigInt(after), out);
});

test("the demo's help and wrong usage", async () => {
  const help = await demo(["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /Usage: demo \[--kills N\]/);
  for (const wrong of [["--kills", "0"], ["--kills", "many"], ["--kill", "1"], ["now"]]) {
    const { code, out, err } = await demo(wrong);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^Cannot run the demo: .*\n {2}See demo --help\.\n$/s);
  }
});

test("the words of the consumer come through exactly, and nothing else does", () => {
  const message = { kind: "acknowledged", offsets: [2n ** 63n - 1n, -1n, 0n] } as const;
  assert.deepEqual(parseMessage(formatMessage(message).trimEnd()), message);
  assert.throws(() => parseMessage("consumed 1 2"), SyntaxError);
});
