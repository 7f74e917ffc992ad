/** The test runner that tests one mutant after another in one process. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Memory } from "../../scripts/verify/mutate/memory.ts";
import { Suite, type TestEnd } from "../../scripts/verify/mutate/suite.ts";
import { TestRunner } from "../../scripts/verify/mutate/test_runner.ts";

const COLLECTED = import.meta.resolve("../../scripts/verify/mutate/collected_tests.ts");

async function withFile(text: string, work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-mutate-"));
  try {
    const file = join(folder, "a_test.ts");
    await writeFile(file, `import { test } from ${JSON.stringify(COLLECTED)};\n${text}`);
    await work(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("mutate: the tests of a file run one by one, as often as they are asked for", async () => {
  const text = `
    let runs = 0;
    test("passes", () => {});
    test("is skipped", { skip: true }, () => {});
    test("passes twice", { timeout: 9 }, async () => { if (++runs > 2) throw new Error("3"); });
    test("passes", () => { throw new Error("the second of its name"); });
    test("never ends", () => new Promise(() => {}));
  `;
  await withFile(text, async (file) => {
    const events = new EventEmitter();
    const suite = new Suite(events);
    const [first, twice, second, endless] = await suite.idsOf(file);
    assert.equal(new Set(await suite.idsOf(file)).size, 4);
    assert.equal(suite.fileOf(second), file);
    const endOf = async (id: string) => (await suite.run(id, 200)).is;
    assert.equal(await endOf(first), "passed");
    assert.deepEqual([await endOf(twice), await endOf(twice)], ["passed", "passed"]);
    assert.equal(await endOf(twice), "failed");
    assert.equal(await endOf(second), "failed");
    assert.equal(await endOf(endless), "hung");
    const end = suite.run(endless, 60_000);
    await setTimeout(1);
    events.emit("unhandledRejection", new Error("no test awaits it"));
    assert.equal((await end).is, "failed");
    assert.equal(events.listenerCount("unhandledRejection"), 0);
    await assert.rejects(suite.run(`${file} › other`, 200), /there is no such test/);
  });
});

/** The tests by name: how each ends, given the active mutant. */
type Ends = Readonly<Record<string, (mutant: string | undefined) => TestEnd["is"]>>;

const ns = () => (globalThis as { __stryker__?: { activeMutant?: string } }).__stryker__;

class Lab {
  readonly ran: string[] = [];
  readonly kills: string[] = [];
  readonly dependent: string[] = [];
  readonly #ends: Ends;
  readonly runner: TestRunner;

  constructor(ends: Ends) {
    this.#ends = ends;
    this.runner = this.process();
  }

  /** A new process of the same run. */
  process(): TestRunner {
    const memory = {
      tests: Object.keys(this.#ends),
      timeOf: () => 1,
      rateOf: (id: string) => this.kills.filter((killer) => killer === id).length,
      addKill: (id: string) => Promise.resolve(void this.kills.push(id)),
      isDependent: (id: string) => this.dependent.includes(id),
      addDependent: (id: string) => Promise.resolve(void this.dependent.push(id)),
    };
    const suite = {
      idsOf: () => Promise.resolve(memory.tests),
      fileOf: (id: string) => id[0],
      run: (id: string): Promise<TestEnd> => {
        this.ran.push(`${id} ${ns()?.activeMutant ?? "-"}`);
        const is = this.#ends[id](ns()?.activeMutant);
        return Promise.resolve(is === "failed" ? { is, message: `${id} fails` } : { is });
      },
    };
    return new TestRunner(suite, () => Promise.resolve(memory as never));
  }

  mutant(
    id: string,
    activation: "runtime" | "static" = "runtime",
    runner = this.runner,
  ) {
    const testFilter = activation === "static" ? undefined : Object.keys(this.#ends);
    const activeMutant = { id, fileName: "source.ts" };
    return runner.mutantRun({ activeMutant, testFilter, mutantActivation: activation });
  }
}

test("mutate: the first test that fails with the mutant and passes without it kills", async () => {
  const lab = new Lab({
    a1: () => "passed",
    a2: (mutant) => mutant === "7" ? "failed" : "passed",
    b1: (mutant) => mutant === "8" ? "failed" : "passed",
  });
  assert.deepEqual(await lab.mutant("7"), {
    status: "killed",
    killedBy: ["a2"],
    failureMessage: "a2 fails",
    nrOfTests: 2,
  });
  assert.deepEqual(lab.ran.splice(0), ["a1 7", "a2 7", "a2 -"]);
  assert.equal((await lab.mutant("8")).status, "killed");
  assert.deepEqual(lab.ran.splice(0), ["a2 8", "a1 8", "b1 8", "b1 -"], "a killer comes first");
  assert.deepEqual(await lab.mutant("9"), { status: "survived", nrOfTests: 3 });
  assert.equal(ns()?.activeMutant, undefined);
});

test("mutate: after a mutant has left something behind, another process decides", async () => {
  let isSpoilt = false;
  const lab = new Lab({
    a1: (mutant) => {
      if (mutant === "6") isSpoilt = true;
      return isSpoilt && mutant !== "6" ? "failed" : "passed";
    },
  });
  assert.equal((await lab.mutant("6")).status, "survived");
  await assert.rejects(lab.mutant("7"), /left something behind/);
  isSpoilt = false;
  assert.equal((await lab.mutant("7", "runtime", lab.process())).status, "survived");
});

test("mutate: a test that fails by itself kills nothing, but for a mutant that loads", async () => {
  const lab = new Lab({ a1: () => "failed" });
  assert.equal((await lab.mutant("7")).status, "survived");
  assert.deepEqual(lab.dependent, ["a1"]);
  lab.ran.length = 0;
  assert.equal((await lab.mutant("8")).status, "survived");
  assert.deepEqual(lab.ran, []);
});

test("mutate: after a test that came to no end, the process takes no further mutant", async () => {
  const lab = new Lab({ a1: (mutant) => mutant === "7" ? "hung" : "passed" });
  assert.equal((await lab.mutant("7")).status, "timeout");
  await assert.rejects(lab.mutant("8"), /may still run/);
  assert.equal((await lab.mutant("8", "runtime", lab.process())).status, "survived");
});

test("mutate: a mutant that acts while modules are loaded is active in all tests", async () => {
  const lab = new Lab({
    a1: () => "passed",
    b1: (mutant) => mutant === "7" ? "failed" : "passed",
  });
  assert.equal((await lab.mutant("7", "static")).status, "killed");
  assert.deepEqual(lab.ran, ["a1 7", "b1 7"]);
});

test("mutate: a test that kills comes first from then on, in other processes too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-mutate-"));
  try {
    await Memory.writeTimes({ quick: 1, slow: 9 }, folder);
    const memory = await Memory.read(folder);
    assert.deepEqual([memory.tests, memory.timeOf("slow")], [["quick", "slow"], 9]);
    const rates = (of: Memory, source: string) =>
      ["quick", "slow"].map((id) => of.rateOf(id, source));
    const [before, after] = rates(memory, "a.ts");
    assert.ok(before > after);
    for (let kills = 0; kills < 9; kills++) await memory.addKill("slow", "a.ts");
    await memory.addDependent("quick");
    for (const each of [memory, await Memory.read(folder)]) {
      const [quick, slow] = rates(each, "a.ts");
      assert.ok(slow > quick);
      assert.deepEqual(rates(each, "b.ts"), [before, after]);
      assert.deepEqual([each.isDependent("quick"), each.isDependent("slow")], [true, false]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
