import type { EventEmitter } from "node:events";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { type CollectedTest, takeTests } from "./collected_tests.ts";

/** How a test ended. */
export type TestEnd =
  | { readonly is: "passed" }
  | { readonly is: "failed"; readonly message: string }
  /** It is still running, and may run for ever. */
  | { readonly is: "hung" };

/** The events of an error that no test awaits; it fails the test that runs. */
const UNAWAITED = ["uncaughtException", "unhandledRejection"];

const PASSED: TestEnd = { is: "passed" };

/** The test files of this process. A file is imported when one of its tests is needed. */
export class Suite {
  readonly #files = new Map<string, Map<string, CollectedTest>>();
  readonly #events: Pick<EventEmitter, "on" | "off">;

  /** @param events Where errors that no test awaits are reported. */
  constructor(events: Pick<EventEmitter, "on" | "off"> = process) {
    this.#events = events;
  }

  /** The ids of a file's tests, in their order. An id is the file's name and the test's. */
  async idsOf(file: string): Promise<string[]> {
    return [...(await this.#testsOf(file)).keys()];
  }

  async #testsOf(file: string): Promise<Map<string, CollectedTest>> {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    await import(pathToFileURL(resolve(file)).href);
    const tests = new Map<string, CollectedTest>();
    for (const test of takeTests()) {
      const id = `${file} › ${test.name}`;
      tests.set(tests.has(id) ? `${id} (${tests.size})` : id, test);
    }
    this.#files.set(file, tests);
    return tests;
  }

  /** The file of a test. */
  fileOf(id: string): string {
    return id.slice(0, id.indexOf(" › "));
  }

  /** Runs a test, for some milliseconds at most. */
  async run(id: string, ms: number): Promise<TestEnd> {
    const test = (await this.#testsOf(this.fileOf(id))).get(id);
    if (test === undefined) {
      throw new Error(`Cannot run ${JSON.stringify(id)}: there is no such test`);
    }
    const { promise: failed, reject } = Promise.withResolvers<never>();
    for (const event of UNAWAITED) this.#events.on(event, reject);
    let timer;
    const hung = new Promise<TestEnd>((resolve) => {
      timer = setTimeout(resolve, ms, { is: "hung" });
    });
    const ended = (async () => {
      await test.run();
      return PASSED;
    })();
    try {
      return await Promise.race([ended, failed, hung]);
    } catch (error) {
      return {
        is: "failed",
        message: error instanceof Error ? String(error.stack) : String(error),
      };
    } finally {
      clearTimeout(timer);
      for (const event of UNAWAITED) this.#events.off(event, reject);
    }
  }
}
