/** Explores the story of one seed after the other, as it is asked to. */
import { parentPort, workerData } from "node:worker_threads";
import { exploreSeed, type Finding, shortenSeed } from "../crash/story/explore_seed.ts";
import type { ExploredStory } from "../crash/story/explore_story.ts";
import { kindOf } from "../crash/story/report.ts";
import { MetEverywhere } from "../crash/met_everywhere.ts";

// The store meets an error for each file that is missing, and nobody reads their stacks.
Error.stackTraceLimit = 0;

export interface Question {
  readonly seed: number;
  /** The kinds of violations that need not be shortened any more. */
  readonly known: readonly string[];
}

export interface Answer {
  readonly found: ExploredStory;
  /** The shortest story of its violation, if that is of a new kind. */
  readonly finding: Finding | undefined;
}

const met = new MetEverywhere(workerData as SharedArrayBuffer);

async function answer({ seed, known }: Question): Promise<Answer> {
  const found = await exploreSeed(seed, { met });
  const what = found.first?.what;
  const isNew = what !== undefined && !known.includes(kindOf(what));
  return { found, finding: isNew ? await shortenSeed(seed, what) : undefined };
}

parentPort!.on("message", async (question: Question) => {
  parentPort!.postMessage(await answer(question));
});
