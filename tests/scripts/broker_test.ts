import assert from "node:assert/strict";
import { test } from "node:test";
import { main } from "../../scripts/broker.ts";
import { missingPrerequisites } from "../../scripts/broker/prerequisites.ts";
import { withBroker } from "../../scripts/broker/with_broker.ts";

/** Runs the command line with a captured output. */
async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const code = await main(argv, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    color: false,
    now: () => 0,
    sleep: () => Promise.resolve(true),
  });
  return { code, ...said };
}

test("broker: --help names the exit codes, and wrong usage has its own exit code", async () => {
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /^Usage: broker .*Exit codes: 0 /ms);
  assert.ok(help.out.split("\n").every((line) => line.length <= 100));
  for (const argv of [["--version", "five"], ["--no-such-option"]]) {
    const { code, err } = await run(...argv);
    assert.equal(code, 2);
    assert.match(err, /^Cannot run: .*\n {2}See broker --help\.\n$/);
  }
});

test("broker: each program that is missing is named", () => {
  const missing = missingPrerequisites({ PATH: "/nowhere" });
  for (const program of ["java", "javac", "mvn", "unshare", "ip"]) {
    assert.ok(missing.some((text) => text.startsWith(`${program} (`)), program);
  }
});

test("broker: none is started outside of a namespace of its own", async () => {
  const options = { version: "5.5.0", jars: "nowhere" };
  await assert.rejects(withBroker(options, () => Promise.reject(new Error("started"))), {
    message: "Cannot start a broker: this process is in no network namespace of its own",
  });
});
