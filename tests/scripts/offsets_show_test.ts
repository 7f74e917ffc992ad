import assert from "node:assert/strict";
import { test } from "node:test";
import { run, table, Workspace } from "./offsets_run.ts";

const BIG = 9223372036854775807n;
const T = table(["orders", "broker-a", 0, 10n], ["orders", "broker-a", 1, BIG]);

test("show prints every int64 exactly, and one topic on request", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", T);
  const { code, out } = await run(["show", path], { now: () => Date.now() + 120_000 });
  assert.equal(code, 0);
  assert.match(out, /^TOPIC +BROKER +QUEUE +OFFSET\norders +broker-a +0 +10\n/);
  assert.match(
    out,
    /orders +broker-a +1 +9223372036854775807\n2 queues, go's form, written 2m ago/,
  );
  const json = JSON.parse((await run(["show", path, "--json", "--topic", "orders"])).out);
  assert.deepEqual(json.offsets[1], {
    topic: "orders",
    brokerName: "broker-a",
    queueId: 1,
    offset: "9223372036854775807",
  });
  const other = await run(["show", path, "--topic", "order"]);
  assert.deepEqual([other.code, other.out], [1, ""]);
  assert.match(other.err, /Its topics are "orders"\./);
});

test("show escapes what could disturb the terminal and aligns wide characters", async () => {
  await using w = await Workspace.make();
  const path = await w.write(
    "offset.json",
    table(["a\u001b[31m\u202eb\n", "b", 0, 1n], ["订单", "b", 0, 1n]),
  );
  const { out } = await run(["show", path]);
  assert.ok(out.includes("a\\u001b[31m\\u202eb\\n  b"), out);
  assert.ok(out.includes("订单" + " ".repeat("a\\u001b[31m\\u202eb\\n".length - 4) + "  b"), out);
});

test("show of a bad file names the way out", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", "");
  const alone = await run(["show", path]);
  assert.equal(alone.code, 3);
  assert.match(
    alone.err,
    /^Cannot show ".*": it is empty\n {2}See what is left with: offsets verify/,
  );
  await w.write("offset.json.bak", T);
  assert.match((await run(["show", path])).err, /\.bak" is valid; recover it with: offsets rescue/);
});

test("show --watch tells the rate of each queue, and survives a bad moment", async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", table(["t", "b", 0, 100n]));
  let polls = 0;
  const io = {
    now: () => 1_000_000 + polls * 2000,
    sleep: async () => {
      polls++;
      if (polls === 1) await w.write("offset.json", "");
      if (polls === 2) await w.write("offset.json", table(["t", "b", 0, 140n], ["t", "b", 1, 5n]));
      return polls < 4;
    },
  };
  const { code, out } = await run(["show", path, "--watch", "--json"], io);
  assert.equal(code, 0);
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 3, "an unchanged file is not told again");
  assert.equal(lines[1].fault, "it is empty");
  assert.deepEqual(lines[2].offsets.map((o: { rate: number }) => o.rate), [10, null]);
  polls = 1;
  await w.write("offset.json", T);
  const screen = await run(["show", path, "--watch"], { ...io, isTerminal: true });
  assert.ok(screen.out.startsWith("\x1b[H"));
  assert.match(screen.out, /TOPIC +BROKER +QUEUE +OFFSET +RATE/);
});
