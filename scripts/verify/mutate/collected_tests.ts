/**
 * Stands for `node:test` while mutants are tested: it collects the tests of a file instead of running
 * them, so that they can be run again and again in one process.
 */

/** A test that a file has defined. */
export interface CollectedTest {
  readonly name: string;
  readonly run: () => unknown;
}

interface Options {
  readonly skip?: boolean | string;
}

const collected: CollectedTest[] = [];

/** Collects a test, unless it is skipped here. */
export function test(name: string, ...rest: [() => unknown] | [Options, () => unknown]): void {
  const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest;
  if (!options.skip) collected.push({ name, run });
}

/** Takes the tests that were collected since the last call. */
export function takeTests(): CollectedTest[] {
  return collected.splice(0);
}
