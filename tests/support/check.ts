/**
 * Runs a property with a fixed seed, so that a failure can be repeated.
 *
 * `FC_SEED` takes another seed. `FC_RUNS` is how often an ordinary property runs: 100, and less in the
 * shortest run of the tests; one with a number of its own grows in proportion.
 */
import process from "node:process";
import fc from "fast-check";
import { byLength } from "./length.ts";

const USUAL_RUNS = 100;

/** The seed of every property and of every sample of an arbitrary. */
export const SEED = wholeNumber("FC_SEED", 20261123);

const RUNS = wholeNumber(
  "FC_RUNS",
  byLength({ tiny: 40, short: USUAL_RUNS, long: USUAL_RUNS }),
);

/** A count of what the cases of a property meet, in proportion to how often properties run. */
export const inProportion = (count: number): number => Math.floor(count * RUNS / USUAL_RUNS);

/** Checks a property; what it throws names the seed and the path of the smallest failure. */
export function check<Ts>(
  property: fc.IAsyncProperty<Ts>,
  params?: fc.Parameters<Ts>,
): Promise<void>;
export function check<Ts>(property: fc.IProperty<Ts>, params?: fc.Parameters<Ts>): void;
export function check<Ts>(
  property: fc.IProperty<Ts> | fc.IAsyncProperty<Ts>,
  params: fc.Parameters<Ts> = {},
): void | Promise<void> {
  const numRuns = Math.ceil((params.numRuns ?? USUAL_RUNS) * RUNS / USUAL_RUNS);
  return fc.assert(property as fc.IAsyncProperty<Ts>, { seed: SEED, ...params, numRuns });
}

function wholeNumber(name: string, otherwise: number): number {
  const value = process.env[name] || String(otherwise);
  if (!/^-?\d+$/.test(value)) {
    throw new RangeError(`Cannot use ${name} "${value}": it is no integer`);
  }
  return Number(value);
}
