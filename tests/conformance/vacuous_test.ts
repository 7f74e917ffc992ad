import assert from "node:assert/strict";
import { test } from "node:test";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import { DriverProcess } from "../../scripts/conformance/driver_process.ts";
import type { Launch } from "../../scripts/conformance/protocol.ts";
import { isFault, type Report } from "../../scripts/conformance/report.ts";
import { runKit } from "../../scripts/conformance/run_kit.ts";
import { SEED } from "../support/check.ts";
import { FakeFiles } from "./fake_files.ts";
import { PATIENT, runScript } from "./run_script.ts";
import { VACUOUS, VacuousDriver } from "./vacuous_driver.ts";

async function kit(launch: Launch, clauses = CLAUSES): Promise<Report> {
  using files = await FakeFiles.make();
  // Nobody reads the stories.
  const options = { clauses, runs: 3, seed: SEED, shrinks: 0, temporary: files.directory };
  return await runKit(launch, options);
}

const told = ({ results }: Report) => results.map(({ id, state }) => `${id} ${state}`).join(", ");

for (const kind of Object.keys(VACUOUS)) {
  test(`no clause holds for a driver without a store: ${kind}`, async () => {
    const report = await kit((prefix) => VacuousDriver.start(kind, prefix));
    assert.ok(report.results.every(({ state }) => state !== "holds"), told(report));
    const shown = report.results.filter(({ state }) => state !== "not shown");
    assert.ok(shown.length > 40, told(report));
    assert.ok(shown.every((each) => isFault(each) || each.state === "unsupported"), told(report));
    for (const { state, reason } of shown) {
      if (state === "vacuous") assert.match(reason!, /open\(root, "client", "group"\)/);
    }
  });
}

/** The clauses whose conditions need a process. */
const PROCESS = CLAUSES.filter(({ id }) => /^(L5|P2\.synced|P3.*|P4.*|P8)$/.test(id));

for (const kind of ["42", "none"]) {
  test(`no clause that needs a process holds for a driver without a store: ${kind}`, async () => {
    const command = runScript("vacuous_driver.ts", kind);
    const report = await kit((prefix) => DriverProcess.start(command, prefix, PATIENT), PROCESS);
    assert.ok(report.results.every(({ state }) => state !== "holds"), told(report));
  });
}

/** A store that keeps offsets in memory and never writes. */
class MemoryDriver extends VacuousDriver {
  #held = new Map<string, string>();

  override async request(request: Parameters<VacuousDriver["request"]>[0]): Promise<unknown> {
    if (request.op === "open") this.#held = new Map();
    if (request.op === "update") {
      const key = JSON.stringify(request.mq);
      const before = this.#held.get(key);
      const isLower = before !== undefined && BigInt(before) >= BigInt(request.offset);
      if (!request.increaseOnly || !isLower) this.#held.set(key, request.offset);
    }
    if (request.op !== "read") return await super.request(request);
    const isStore = request.type === "store";
    return {
      ok: true,
      offset: isStore ? "-1" : this.#held.get(JSON.stringify(request.mq)) ?? "-1",
    };
  }
}

test("a store that never writes holds clauses on memory, and none on files", async () => {
  const report = await kit(async (prefix = []) => {
    await VacuousDriver.start("none", prefix);
    return new MemoryDriver("none");
  });
  const holding = report.results.filter(({ state }) => state === "holds").map(({ id }) => id);
  assert.ok(["U1", "U2", "U3", "U4", "U5"].every((id) => holding.includes(id)), told(report));
  assert.ok(holding.every((id) => /^(U[1-5]|R1\.memory.*|R2)$/.test(id)), holding.join());
});
