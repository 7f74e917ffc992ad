import fc from "fast-check";
import type { Clause } from "./clause.ts";
import type { Ground } from "./ground.ts";
import { documentedDifference } from "./profiles.ts";
import type { Result } from "./report.ts";
import { shorten } from "./shorten.ts";
import { DriverDied, NoAnswer, NotShown, Unsupported, Violation } from "./verdict.ts";
import { World } from "./world.ts";

/** So many cases are tried to make a failing one shorter, at most. */
const SHRINKS = 120;

/** From so many runs on, cases that are to be taken one and all are. */
const MANY_RUNS = 50;

/** The shortest failing case so far. */
interface Failure {
  readonly story: readonly string[];
  readonly expected: string;
  readonly happened: string;
}

/** Holds a clause against a client: with `runs` cases, and if one fails, with shorter ones. */
export async function checkClause(
  ground: Ground,
  clause: Clause,
  { runs, seed, profile }: {
    readonly runs: number;
    readonly seed: number;
    readonly profile: string;
  },
): Promise<Result> {
  const { id, text, everyExample = [] } = clause;
  const examples = runs < MANY_RUNS ? [] : everyExample.map((each): [unknown] => [each]);
  let cases = 0;
  let tries = 0;
  // Each shorter case would wait as long for its answer, so such a story is not shortened.
  let isSilent = false;
  let failure: Failure | undefined;
  let obstacle: Unsupported | NotShown | undefined;
  const property = fc.asyncProperty(clause.arbitrary, async (given) => {
    if (obstacle instanceof Unsupported || isSilent) return;
    if (failure !== undefined && ++tries > SHRINKS) return;
    const end = await runCase(ground, clause, given);
    if (end instanceof Violation) throw end;
    if (end instanceof Unsupported || end instanceof NotShown) obstacle = end;
    else if (failure === undefined) cases++;
  });
  async function runCase(ground: Ground, clause: Clause, given: unknown) {
    await using world = await World.make(ground);
    try {
      await clause.run(world, given);
      return undefined;
    } catch (cause) {
      const error = cause instanceof DriverDied
        ? new Violation("the client answers", cause.story)
        : cause;
      if (error instanceof Unsupported || error instanceof NotShown) return error;
      if (!(error instanceof Violation)) throw error;
      const { expected, happened } = error;
      failure = { story: world.story, expected, happened };
      if (cause instanceof NoAnswer) isSilent = true;
      return error;
    }
  }
  const numRuns = Math.max(Math.ceil(runs * clause.share), examples.length, 1);
  const details = await fc.check(property, { seed, numRuns, examples });
  if (failure === undefined && details.failed) throw details.errorInstance;
  if (failure !== undefined && !isSilent) {
    const fails = async (given: unknown) =>
      (await runCase(ground, clause, given)) instanceof Violation;
    await shorten(details.counterexample![0], fails);
  }
  if (failure === undefined) {
    if (cases === 0 && obstacle !== undefined) {
      const state = obstacle instanceof Unsupported ? "unsupported" : "not shown";
      return { id, text, state, cases, reason: obstacle.message };
    }
    return { id, text, state: "holds", cases };
  }
  const reason = documentedDifference(profile, id);
  return { id, text, state: reason === undefined ? "fails" : "differs", cases, ...failure, reason };
}
