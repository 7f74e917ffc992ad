import { checkClause } from "./check_clause.ts";
import type { Clause } from "./clause.ts";
import { Ground } from "./ground.ts";
import { PROFILE_NAMES } from "./profiles.ts";
import type { Launch } from "./protocol.ts";
import type { Report, Result } from "./report.ts";
import { Unusable } from "./verdict.ts";

/** How to hold a client against the specification. */
export interface KitOptions {
  readonly clauses: readonly Clause[];
  readonly runs: number;
  readonly seed: number;
  /** The most cases that are tried to make a failing one shorter; 120 by default. */
  readonly shrinks?: number;
  /** Replaces the profile that the driver names. */
  readonly profile?: string;
  /** The directory in which the kit makes its temporary directory. */
  readonly temporary?: string;
  /** Called after each clause, with the number of clauses that are done and the next one. */
  readonly onProgress?: (done: number, next: string | undefined) => void;
}

/** Holds a client against the specification, clause by clause. */
export async function runKit(launch: Launch, options: KitOptions): Promise<Report> {
  const { clauses, runs, seed, shrinks, onProgress } = options;
  const began = Date.now();
  await using ground = await Ground.make(launch, options.temporary);
  const { name = "unnamed", version = "" } = ground.hello;
  const { format } = ground;
  const profile = options.profile ?? ground.hello.profile ?? "reference";
  if (!PROFILE_NAMES.includes(profile)) {
    throw new Unusable(
      `the driver names the profile "${profile}", which is none of ${PROFILE_NAMES.join(", ")}`,
    );
  }
  const results: Result[] = [];
  for (const clause of clauses) {
    onProgress?.(results.length, clause.id);
    results.push(await checkClause(ground, clause, { runs, seed, shrinks, profile }));
  }
  onProgress?.(results.length, undefined);
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  return { client: { name, version, profile, format }, seed, runs, seconds, results };
}
