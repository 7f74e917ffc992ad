import assert from "node:assert/strict";
import { test } from "node:test";
import { Checks, findingsTable } from "../../scripts/e2e/check.ts";
import { main } from "../../scripts/e2e/remote.ts";
import type { Io } from "../../scripts/lib/io.ts";

function captured(): { io: Io; said: { out: string; err: string } } {
  const said = { out: "", err: "" };
  const io: Io = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    color: false,
    now: () => 0,
    sleep: () => Promise.resolve(true),
  };
  return { io, said };
}

test("e2e: a check that does not hold is told, and the next one is looked at", async () => {
  const { io, said } = captured();
  const checks = new Checks(io, "5.5.0");
  await checks.run("first", () => Promise.reject(new Error("two\nlines")));
  await checks.run("second", () => Promise.resolve("42"));
  assert.deepEqual(checks.findings.map(({ holds }) => holds), [false, true]);
  assert.equal(said.err, "5.5.0: first\n  it does not hold: two\nlines\n5.5.0: second\n");
  assert.equal(
    findingsTable(checks.findings, io),
    [
      "CHECK   RESULT  SEEN",
      "first   FAILS   see below",
      "second  holds   42",
      "",
      "first:",
      "  two",
      "  lines",
      "",
    ].join("\n"),
  );
});

test("e2e remote: --help names the exit codes, and wrong usage is told apart", async () => {
  const { io, said } = captured();
  assert.equal(await main(["--help"], io), 0);
  assert.match(said.out, /^Usage: remote .*Exit codes: 0 /ms);
  for (const argv of [["--versions", "5.5.0,new"], ["--no-such-option"]]) {
    assert.equal(await main(argv, io), 2);
  }
  assert.match(said.err, /^Cannot run: version "new" is not three numbers$/m);
});
