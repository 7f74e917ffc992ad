/** What the tests of the tool's changes share. */
import { readdir, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import type { Io } from "../../scripts/lib/io.ts";

/** Dates the files in the directory of a store a minute back, so that nothing looks young. */
export async function rest(path: string): Promise<void> {
  const seconds = Date.now() / 1000 - 60;
  const directory = dirname(path);
  for (const name of await readdir(directory)) {
    await utimes(`${directory}/${name}`, seconds, seconds);
  }
}

/** A terminal on which the answer is typed; it remembers the questions. */
export function terminal(answer: string | undefined): Partial<Io> & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    isTerminal: true,
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(answer);
    },
  };
}

/** A clock whose pauses take no time; `then` is called after each with the milliseconds so far. */
export function patience(then: (ms: number) => void | Promise<void>): Partial<Io> {
  let passed = 0;
  return {
    sleep: async (ms) => {
      passed += ms;
      await then(passed);
      return true;
    },
  };
}
