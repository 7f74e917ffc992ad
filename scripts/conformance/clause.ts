import type fc from "fast-check";
import type { Severity } from "./severity.ts";
import type { World } from "./world.ts";

/**
 * A clause of the specification as a property: for every case that the arbitrary makes, the run
 * ends without a violation. It judges only the rule of its own clause. Where another
 * clause has a rule, it takes the client's answer as it is, so that one failing clause does not hide
 * another.
 */
export interface Clause {
  /** The clause, and which part of it: `P7.bad-main`. */
  readonly id: string;
  /** How bad it is for a consumer if the clause does not hold. */
  readonly severity: Severity;
  /** The rule, in a sentence. */
  readonly text: string;
  /** The share of `--runs` that the clause takes: less than 1 where a case is slow. */
  readonly share: number;
  readonly arbitrary: fc.Arbitrary<unknown>;
  /** Cases that a long run takes in full, besides the generated ones. */
  readonly everyExample?: readonly unknown[];
  run(world: World, given: unknown): Promise<void>;
}

/** Makes a clause whose run knows what its arbitrary makes. */
export function clause<Given>(
  { share = 1, ...parts }: {
    readonly id: string;
    readonly severity: Severity;
    readonly text: string;
    readonly share?: number;
    readonly arbitrary: fc.Arbitrary<Given>;
    readonly everyExample?: readonly Given[];
    run(world: World, given: Given): Promise<void>;
  },
): Clause {
  return { share, ...parts } as Clause;
}
