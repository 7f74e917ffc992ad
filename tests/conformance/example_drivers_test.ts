/** The drivers in examples/conformance, each run where its language is installed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import { DriverProcess } from "../../scripts/conformance/driver_process.ts";
import { isFault, tellStory } from "../../scripts/conformance/report.ts";
import { runKit } from "../../scripts/conformance/run_kit.ts";
import { SEED } from "../support/check.ts";
import { PATIENT } from "./run_script.ts";

const FOLDER = fileURLToPath(new URL("../../examples/conformance/", import.meta.url));
const isInstalled = (program: string, ...ask: string[]) => spawnSync(program, ask).status === 0;

/** Each clause takes one case. P8 is the one that found a fault of both examples. */
const CHECKED = CLAUSES.filter(({ id }) => !/^(P3|P4\.(old|next))/.test(id));

async function expectConformance(command: readonly string[], unsupported: readonly string[]) {
  const report = await runKit((prefix) => DriverProcess.start(command, prefix, PATIENT), {
    clauses: CHECKED,
    runs: 1,
    seed: SEED,
  });
  for (const result of report.results) {
    assert.ok(!isFault(result), tellStory(report.client, result));
  }
  const states = (state: string) => report.results.filter((each) => each.state === state);
  assert.deepEqual(states("unsupported").map(({ id }) => id), unsupported);
  assert.ok(states("holds").length > 35, `${states("holds").length} hold`);
}

test("the driver in Python holds what its profile promises", {
  skip: !isInstalled("python3", "--version") && "python3 is not installed",
}, () => expectConformance(["python3", join(FOLDER, "driver.py")], ["U7", "L3"]));

test("the driver in Go holds what its profile promises", {
  skip: !isInstalled("go", "version") && "go is not installed",
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "conformance-go-"));
  try {
    const program = join(folder, "driver");
    const built = spawnSync("go", ["build", "-o", program, join(FOLDER, "driver.go")]);
    assert.equal(built.status, 0, String(built.stderr));
    await expectConformance([program], ["U5.offsets", "U7", "L3"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
