import assert from "node:assert/strict";
import { test } from "node:test";
import process from "node:process";
import { CLAUSES, selectClauses } from "../../scripts/conformance/clauses.ts";
import { DriverProcess } from "../../scripts/conformance/driver_process.ts";
import type { Launch, Request } from "../../scripts/conformance/protocol.ts";
import { runKit } from "../../scripts/conformance/run_kit.ts";
import { SEED } from "../support/check.ts";
import { byLength } from "../support/length.ts";
import { BrokenDriver } from "./broken_driver.ts";
import { PATIENT, runScript } from "./run_script.ts";
import { FakeFiles } from "./fake_files.ts";
import { FAULTS } from "./faults.ts";

/** Clauses whose conditions need a process: a tracer, permissions, a limit. */
const PROCESS = new Set([
  "L5",
  "P2.synced",
  "P3",
  "P3.twice",
  "P8",
  "P4",
  "P4.old",
  "P4.next",
  "P5",
]);

/** The most steps that a story may have; a table of many queues is one. */
const HANDFUL = 12;

/** The most cases that are tried to make a story so short. */
const SHRINKS = byLength({ tiny: 30, short: 120, long: 120 });

function launchOf(id: string, files: FakeFiles): Launch {
  if (!PROCESS.has(id)) return (prefix) => BrokenDriver.start(FAULTS[id], files, prefix);
  const command = runScript("broken_driver.ts", id, files.directory);
  return (prefix) => DriverProcess.start(command, prefix, PATIENT);
}

test("every clause of the kit has a driver that breaks it", () => {
  assert.deepEqual(Object.keys(FAULTS).sort(), CLAUSES.map(({ id }) => id).sort());
});

for (const { id, text } of CLAUSES) {
  const name = id.replace(/\.(.*)/, " ($1)");
  test(`${name} of the kit fails for a store that breaks it, in a few steps`, async (t) => {
    const clauses = selectClauses(id).filter((clause) => clause.id === id);
    using files = await FakeFiles.make();
    const options = { clauses, runs: 50, seed: SEED, shrinks: SHRINKS };
    const report = await runKit(launchOf(id, files), { ...options, temporary: files.directory });
    const [result] = report.results;
    if (result.state === "not shown" && PROCESS.has(id)) return t.skip(result.reason);
    assert.equal(result.state, "fails", `${text}: ${result.state}`);
    const { story = [] } = result;
    assert.ok(story.length > 0 && story.length <= HANDFUL, story.join("\n"));
    if (process.env.STORIES) {
      console.log(id, story.length, story, result.expected, "|", result.happened);
    }
  });
}

test("without leave to shorten a failing case, no case comes after it", async () => {
  using files = await FakeFiles.make();
  const opens = async (shrinks?: number) => {
    let opened = 0;
    class CountingDriver extends BrokenDriver {
      override request(request: Request) {
        if (request.op === "open") opened++;
        return super.request(request);
      }
    }
    const options = { clauses: selectClauses("U2"), runs: 50, seed: SEED, shrinks };
    const launch = async () => new CountingDriver(FAULTS.U2, files);
    const { results } = await runKit(launch, { ...options, temporary: files.directory });
    assert.equal(results[0].state, "fails");
    return opened;
  };
  const [without, usual] = [await opens(0), await opens()];
  assert.ok(without < usual / 2, `${without} of ${usual}`);
});
