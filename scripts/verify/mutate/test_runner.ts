import process from "node:process";
import { Memory } from "./memory.ts";
import { Suite, type TestEnd } from "./suite.ts";
import { testFiles } from "./test_files.ts";

/** The state that the code of the mutants shares with Stryker. */
interface Instrumented {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: unknown;
}

/** The part of Stryker's request that is used. */
export interface MutantRun {
  readonly activeMutant: { readonly id: string; readonly fileName: string };
  /** The tests that reach the mutant; all of them for one that acts while a module is loaded. */
  readonly testFilter?: readonly string[];
  readonly mutantActivation: "runtime" | "static";
  readonly hitLimit?: number;
}

export type MutantResult =
  | { status: "killed"; killedBy: string[]; failureMessage: string; nrOfTests: number }
  | { status: "survived"; nrOfTests: number }
  | { status: "timeout"; reason: string };

/** The least time that a test gets, and how many times the time that it takes without a mutant. */
const [LEAST_MS, TIMES] = [5000, 8];

const ns: Instrumented = (globalThis as { __stryker__?: Instrumented }).__stryker__ ??= {};

/**
 * Runs the tests for one mutant after another in one process, for Stryker.
 *
 * A process for each mutant would spend most of its time loading the tests. In exchange, a mutant may
 * leave something behind. So a kill counts only if the test passes again without the mutant. If it
 * does not, the mutant is tested again in a new process: Stryker starts one after an error.
 */
export class TestRunner {
  readonly #suite: Pick<Suite, "idsOf" | "fileOf" | "run">;
  readonly #readMemory: () => Promise<Memory>;
  /** A process is spoilt while a test that came to no end may still be running in it. */
  #process: "fresh" | "used" | "spoilt" = "fresh";
  #memory: Memory | undefined;

  constructor(
    suite: Pick<Suite, "idsOf" | "fileOf" | "run"> = new Suite(),
    readMemory = Memory.read,
  ) {
    this.#suite = suite;
    this.#readMemory = readMemory;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  /** Runs all tests without a mutant. */
  async dryRun() {
    const tests = [];
    const times: Record<string, number> = {};
    for (const fileName of await testFiles(JSON.parse(process.env.MUTATE_TESTS!))) {
      for (const id of await this.#suite.idsOf(fileName)) {
        ns.currentTestId = id;
        const began = performance.now();
        const end = await this.#suite.run(id, 120_000);
        times[id] = performance.now() - began;
        ns.currentTestId = undefined;
        if (end.is !== "passed") {
          const why = end.is === "hung" ? "it came to no end" : end.message;
          return { status: "error", errorMessage: `${id}: ${why}` };
        }
        tests.push({ id, name: id, status: 0, timeSpentMs: times[id], fileName });
      }
    }
    await Memory.writeTimes(times);
    return { status: "complete", tests, mutantCoverage: ns.mutantCoverage };
  }

  async mutantRun(request: MutantRun): Promise<MutantResult> {
    if (this.#process === "spoilt") throw new Error("a test of an earlier mutant may still run");
    this.#memory ??= await this.#readMemory();
    ns.hitCount = 0;
    ns.hitLimit = request.hitLimit;
    try {
      return request.mutantActivation === "static"
        ? await this.#runWhileLoading(request)
        : await this.#runLoaded(request);
    } finally {
      activate(undefined);
      this.#process = this.#process === "fresh" ? "used" : this.#process;
    }
  }

  /** Each file as a whole, in a process that has loaded nothing before. */
  async #runWhileLoading({ activeMutant: { id, fileName } }: MutantRun): Promise<MutantResult> {
    const memory = this.#memory!;
    activate(id);
    const rateOf = (file: string) =>
      Math.max(...all.get(file)!.map((test) => memory.rateOf(test, fileName)));
    const all = Map.groupBy(memory.tests, (test) => this.#suite.fileOf(test));
    let count = 0;
    for (const file of [...all.keys()].sort((a, b) => rateOf(b) - rateOf(a))) {
      try {
        await this.#suite.idsOf(file);
      } catch (error) {
        return killed(file, String(error), count);
      }
      for (const test of all.get(file)!) {
        count++;
        const end = await this.#run(test);
        if (end.is === "passed") continue;
        return await this.#verdict(end, test, fileName, count);
      }
    }
    return { status: "survived", nrOfTests: count };
  }

  /** Those tests alone that reach the mutant. */
  async #runLoaded(
    { activeMutant: { id, fileName }, testFilter = [] }: MutantRun,
  ): Promise<MutantResult> {
    const memory = this.#memory!;
    const tests = testFilter.filter((test) => !memory.isDependent(test))
      .sort((a, b) => memory.rateOf(b, fileName) - memory.rateOf(a, fileName));
    for (const [i, test] of tests.entries()) {
      await this.#suite.idsOf(this.#suite.fileOf(test));
      activate(id);
      const end = await this.#run(test);
      activate(undefined);
      if (end.is === "passed") continue;
      if (end.is === "failed" && !await this.#passesWithoutMutant(test)) continue;
      return await this.#verdict(end, test, fileName, i + 1);
    }
    return { status: "survived", nrOfTests: tests.length };
  }

  #run(test: string): Promise<TestEnd> {
    return this.#suite.run(test, Math.max(LEAST_MS, TIMES * this.#memory!.timeOf(test)));
  }

  /** Whether the test fails because of the mutant that is active no more. */
  async #passesWithoutMutant(test: string): Promise<boolean> {
    const end = await this.#run(test);
    if (end.is === "passed") return true;
    if (this.#process !== "fresh") throw new Error("a mutant has left something behind");
    await this.#memory!.addDependent(test);
    return false;
  }

  async #verdict(
    end: Exclude<TestEnd, { is: "passed" }>,
    test: string,
    source: string,
    count: number,
  ): Promise<MutantResult> {
    if (end.is === "hung") {
      this.#process = "spoilt";
      return { status: "timeout", reason: `${test} came to no end` };
    }
    if (ns.hitLimit !== undefined && ns.hitCount! > ns.hitLimit) {
      return { status: "timeout", reason: `${test} reaches the mutant again and again` };
    }
    await this.#memory!.addKill(test, source);
    return killed(test, end.message, count);
  }
}

function killed(by: string, failureMessage: string, nrOfTests: number): MutantResult {
  return { status: "killed", killedBy: [by], failureMessage, nrOfTests };
}

/** Activates a mutant in this process, and in those that its tests start. */
function activate(mutant: string | undefined): void {
  ns.activeMutant = mutant;
  if (mutant === undefined) delete process.env.__STRYKER_ACTIVE_MUTANT__;
  else process.env.__STRYKER_ACTIVE_MUTANT__ = mutant;
}
