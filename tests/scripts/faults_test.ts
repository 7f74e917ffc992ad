import assert from "node:assert/strict";
import { test } from "node:test";
import { main } from "../../scripts/verify/faults.ts";
import {
  type Operation,
  OPERATIONS,
} from "../../scripts/verify/faults/failing_calls_operations.ts";
import { callsOf, casesOf } from "../../scripts/verify/faults/failing_calls_matrix.ts";
import { runMain } from "../soak/run_main.ts";

const [FIRST] = OPERATIONS.filter(({ name }) => name === "first persist");
const run = (argv: readonly string[], operations?: readonly Operation[]) =>
  runMain((args, io) => main(args, io, operations), argv);

test("faults: the figures, as a table and as one line", async () => {
  const table = await run(["--one-out-of", "101"], [FIRST]);
  assert.deepEqual([table.code, table.err], [0, ""]);
  const last = /^(\d+) calls, (\d+) cases, (\d+) crashes after them, 0 violations\n$/m.exec(
    table.out,
  );
  const json = await run(["--one-out-of", "101", "--json"], [FIRST]);
  const { calls, cases, states, violations } = JSON.parse(json.out);
  assert.deepEqual([calls, cases, states, violations], [...last!.slice(1).map(Number), 0]);
  const { length } = await callsOf(FIRST);
  assert.deepEqual([calls, cases], [length, Math.ceil(casesOf(length) / 101)]);
  assert.ok(length > 20 && states > 0);
});

test("faults: a store that keeps silent about a failed persist is found out", async () => {
  const { writer } = FIRST;
  const broken: Operation = {
    ...FIRST,
    writer: {
      ...writer,
      async open(fileSystem) {
        const session = await writer.open(fileSystem);
        return { ...session, persist: (n) => session.persist(n).catch(() => {}) };
      },
    },
  };
  const { code, out, err } = await run(["--one-out-of", "101"], [broken]);
  assert.equal(code, 1);
  assert.match(out, /, [1-9]\d* violations\n$/);
  assert.match(err, /^first persist: .*\nit loaded generation 0, though /);
});

test("faults: the help, and wrong usage", async () => {
  const help = await run(["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /18 codes/);
  for (const argv of [["--one-out-of", "0"], ["--nonsense"], ["stray"]]) {
    const { code, out, err } = await run(argv);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^Cannot test: /);
  }
});
