import assert from "node:assert/strict";
import { test } from "node:test";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import { DriverProcess } from "../../scripts/conformance/driver_process.ts";
import { tellStory } from "../../scripts/conformance/report.ts";
import { runKit } from "../../scripts/conformance/run_kit.ts";
import { SEED } from "../support/check.ts";
import { byLength } from "../support/length.ts";
import { PATIENT, runScript } from "./run_script.ts";

const RUNS = byLength({ tiny: 1, short: 2, long: 2 });

test("our own store holds every clause, through its driver", async () => {
  const launch = (prefix?: readonly string[]) =>
    DriverProcess.start(runScript("driver.ts"), prefix, PATIENT);
  const report = await runKit(launch, { clauses: CLAUSES, runs: RUNS, seed: SEED });
  assert.deepEqual(report.results.map(({ id }) => id), CLAUSES.map(({ id }) => id));
  for (const result of report.results) {
    // A clause that this machine cannot show is neither a success nor a fault.
    if (result.state === "not shown") continue;
    assert.equal(result.state, "holds", tellStory(report.client, result));
    assert.ok(result.passed > 0, result.id);
  }
});
