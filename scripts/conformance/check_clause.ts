import { fc } from "../lib/fast_check.ts";
import type { Clause } from "./clause.ts";
import { failedControl } from "./controls.ts";
import type { Ground } from "./ground.ts";
import { documentedDifference } from "./profiles.ts";
import type { Result } from "./report.ts";
import { shorten } from "./shorten.ts";
import { sectionOf } from "./specification.ts";
import { DriverDied, NoAnswer, NotShown, Unsupported, Violation } from "./verdict.ts";
import { World } from "./world.ts";

/** From this number of runs on, all examples of a clause are taken. */
const MANY_RUNS = 50;

/** How to check a clause. */
export interface CheckOptions {
  readonly runs: number;
  readonly seed: number;
  /** The most cases that are tried to make a failing one shorter; 120 by default. */
  readonly shrinks?: number;
  readonly profile: string;
}

/** The shortest failing case so far. */
interface Failure {
  readonly story: readonly string[];
  readonly expected: string;
  readonly happened: string;
}

/** The part of a result that the cases decide. */
type Outcome = Pick<Result, "state" | "reason" | "passed"> & Partial<Failure>;

/** Holds a clause against a client: with `runs` cases, and if one fails, with shorter ones. */
export async function checkClause(
  ground: Ground,
  clause: Clause,
  options: CheckOptions,
): Promise<Result> {
  const { id, text, severity } = clause;
  const cases = new Cases(ground, clause);
  await cases.run(options);
  const outcome = await outcomeOf(cases, options.profile);
  return { id, text, severity, specification: sectionOf(id), ...outcome };
}

async function outcomeOf(cases: Cases, profile: string): Promise<Outcome> {
  const { ground, clause, passed, failure, obstacle } = cases;
  if (failure !== undefined) {
    const reason = documentedDifference(profile, clause.id);
    return { state: reason === undefined ? "fails" : "differs", passed, ...failure, reason };
  }
  if (passed === 0 && obstacle !== undefined) {
    const state = obstacle instanceof Unsupported ? "unsupported" : "not shown";
    return { state, passed, reason: obstacle.message };
  }
  const reason = await failedControl(ground, clause.id);
  return reason === undefined ? { state: "holds", passed } : { state: "vacuous", passed, reason };
}

/** The cases of a clause, and their results. */
class Cases {
  readonly ground: Ground;
  readonly clause: Clause;
  passed = 0;
  failure: Failure | undefined;
  obstacle: Unsupported | NotShown | undefined;
  /** Whether a case ended because the driver did not answer. Each further case would wait again. */
  #isSilent = false;
  /** How many cases may still be tried to make a failing one shorter. */
  #shrinks = 0;

  constructor(ground: Ground, clause: Clause) {
    this.ground = ground;
    this.clause = clause;
  }

  async run({ runs, seed, shrinks = 120 }: CheckOptions): Promise<void> {
    this.#shrinks = shrinks;
    const { arbitrary, share, everyExample = [] } = this.clause;
    const examples = runs < MANY_RUNS ? [] : everyExample.map((each): [unknown] => [each]);
    const numRuns = Math.max(Math.ceil(runs * share), examples.length, 1);
    const property = fc.asyncProperty(arbitrary, (given) => this.#judge(given));
    const details = await fc.check(property, { seed, numRuns, examples });
    if (this.failure === undefined && details.failed) throw details.errorInstance;
    if (this.failure === undefined || this.#isSilent || shrinks === 0) return;
    await shorten(
      details.counterexample![0],
      async (given) => await this.#try(given) instanceof Violation,
    );
  }

  async #judge(given: unknown): Promise<void> {
    if (this.obstacle instanceof Unsupported || this.#isSilent) return;
    if (this.failure !== undefined && --this.#shrinks < 0) return;
    const end = await this.#try(given);
    if (end instanceof Violation) throw end;
    if (end !== undefined) this.obstacle = end;
    else if (this.failure === undefined) this.passed++;
  }

  async #try(given: unknown): Promise<Violation | Unsupported | NotShown | undefined> {
    await using world = await World.make(this.ground);
    try {
      await this.clause.run(world, given);
      return undefined;
    } catch (cause) {
      if (cause instanceof Unsupported || cause instanceof NotShown) return cause;
      const violation = cause instanceof DriverDied
        ? new Violation("the client answers", cause.story)
        : cause;
      if (!(violation instanceof Violation)) throw cause;
      if (cause instanceof NoAnswer) this.#isSilent = true;
      const { expected, happened } = violation;
      this.failure = { story: world.story, expected, happened };
      return violation;
    }
  }
}
