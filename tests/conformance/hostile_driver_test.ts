import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { CLAUSES, selectClauses } from "../../scripts/conformance/clauses.ts";
import { DriverProcess, type Patience } from "../../scripts/conformance/driver_process.ts";
import type { Driver, Launch, Request } from "../../scripts/conformance/protocol.ts";
import { runKit } from "../../scripts/conformance/run_kit.ts";
import { NoAnswer, Unusable } from "../../scripts/conformance/verdict.ts";
import { check, inProportion, SEED } from "../support/check.ts";
import { BrokenDriver } from "./broken_driver.ts";
import { FakeFiles } from "./fake_files.ts";
import { PATIENT, runScript } from "./run_script.ts";

/** Only the answer that never comes is not waited for: an honest one may be slow. */
function waitingBrieflyFor(silent: Request["op"]): Patience {
  return (op) => op === silent ? 100 : PATIENT();
}

/** Runs the kit on a driver that breaks the protocol; all that it starts is gone at the end. */
async function kit(kind: string, patience: Patience = PATIENT) {
  using files = await FakeFiles.make();
  const pids: number[] = [];
  const launch: Launch = async (prefix) => {
    const command = runScript("hostile_driver.ts", kind);
    const driver = await DriverProcess.start(command, prefix, patience);
    pids.push(driver.pid!);
    return driver;
  };
  const options = { clauses: selectClauses("U6"), runs: 3, seed: SEED };
  try {
    return await runKit(launch, { ...options, temporary: files.directory });
  } finally {
    assert.ok(pids.length > 0);
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), /ESRCH/, "it is still there");
  }
}

for (
  const [kind, message, patience] of [
    [
      "no answer",
      /^the driver does not answer hello within 0\.1 s; flush standard output/,
      waitingBrieflyFor("hello"),
    ],
    ["no hello", /^the driver answers hello with error "other"$/],
    ["no format", /^in the answer to hello, "format" is "go" or "java"; .* answers \{"ok":true\}$/],
    [
      "garbage",
      /^the driver writes a line that is no JSON, "Starting up!"; standard output is for/,
    ],
    ["dies at start", /^the driver ended with code 7; its standard error:\nthe reason is here$/],
    ["path outside", /^in the answer to open, "path" is an absolute path below root .*etc/],
  ] as [string, RegExp, Patience?][]
) {
  test(`a driver is refused before the first clause, and killed: ${kind}`, async () => {
    await assert.rejects(kit(kind, patience), (error) => {
      assert.ok(error instanceof Unusable, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

for (
  const [kind, happened, patience] of [
    ["late no answer", /does not answer read within 0\.1 s; flush/, waitingBrieflyFor("read")],
    ["late garbage", /writes a line that is no JSON, "INFO update"/],
    ["late extra line", /writes a line that no request asks for, "\{\\"ok\\":true\}"/],
    ["late death", /ended with code 7; its standard error:\nthe reason is here/],
  ] as [string, RegExp, Patience?][]
) {
  test(`a driver that breaks the protocol later fails the clause: ${kind}`, async () => {
    const { results } = await kit(kind, patience);
    const [{ state, expected, happened: found, story }] = results;
    assert.equal(state, "fails");
    assert.equal(expected, "the client answers");
    assert.match(found!, happened);
    assert.ok(story!.length > 0);
  });
}

/** Answers no read, and dies slowly. */
class SlowToDie extends BrokenDriver {
  static alive = 0;

  constructor(files: FakeFiles) {
    super({}, files);
    SlowToDie.alive++;
  }

  override request(request: Request) {
    if (request.op !== "read") return super.request(request);
    return Promise.reject(new NoAnswer("does not answer read", ""));
  }

  override async kill() {
    await setTimeout(200);
    SlowToDie.alive--;
  }
}

test("the kit ends when every driver is gone, also if several reads fail together", async () => {
  using files = await FakeFiles.make();
  const options = { clauses: selectClauses("U6"), runs: 3, seed: SEED };
  const launch = async () => new SlowToDie(files);
  const { results } = await runKit(launch, { ...options, temporary: files.directory });
  assert.equal(results[0].state, "fails");
  assert.equal(SlowToDie.alive, 0);
});

/** Answers that no honest driver gives, to any request. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[undefined, null, 42, [], {}, { ok: 1 }, { ok: false }, { ok: true, offset: "42.5" }],
    ...[{ ok: true, offset: 42 }, { ok: true, offsets: [{ offset: "1" }] }],
    ...[{ ok: true, path: "/etc" }, { ok: true, path: "../x", outcome: 5 }],
  ),
  fc.jsonValue(),
);

/** The honest driver, but for the answers to one kind of request. */
class HostileDriver extends BrokenDriver {
  readonly #op: Request["op"];
  readonly #answer: unknown;

  constructor(files: FakeFiles, op: Request["op"], answer: unknown) {
    super({}, files);
    this.#op = op;
    this.#answer = answer;
  }

  override async request(request: Request) {
    const answer = await super.request(request);
    return request.op === this.#op ? this.#answer as never : answer;
  }
}

test("the kit ends with a report, or refuses the driver, at any answer", async () => {
  using files = await FakeFiles.make();
  const ops = fc.constantFrom<Request["op"]>(
    ...["hello", "open", "update", "freeze", "read", "persist", "remove", "offsets"] as const,
  );
  let failed = 0;
  await check(
    fc.asyncProperty(ops, hostile, fc.constantFrom(...CLAUSES), async (op, answer, clause) => {
      const launch = async (): Promise<Driver> => new HostileDriver(files, op, answer);
      const options = { clauses: [clause], runs: 1, seed: SEED, temporary: files.directory };
      try {
        const { results: [{ state }] } = await runKit(launch, options);
        if (state === "fails") failed++;
      } catch (error) {
        assert.ok(error instanceof Unusable, (error as Error).stack);
        assert.ok(op === "hello" || op === "open", `${op}: ${error.message}`);
      }
    }),
    { numRuns: 100 },
  );
  assert.ok(failed > inProportion(10), `${failed} failed`);
});
