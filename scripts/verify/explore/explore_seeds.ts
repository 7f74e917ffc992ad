import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Finding } from "../crash/story/explore_seed.ts";
import { addTags, type Tags } from "../crash/story/explore_story.ts";
import { type SubjectName, subjectOf } from "../crash/story/generate.ts";
import { kindOf } from "../crash/story/report.ts";
import { MetEverywhere } from "../crash/met_everywhere.ts";
import type { Answer, Question } from "./worker.ts";

/** The findings in the stories of one subject. */
export interface SubjectFigures {
  stories: number;
  states: number;
  /** How many of the stories violate an invariant. */
  violations: number;
}

/** The seeds whose stories violate an invariant in one way. */
export interface Kind {
  readonly seeds: number[];
  /** The shortest story of that way. */
  finding: Finding | undefined;
}

export interface Explored {
  /** Distinct states, each recovered from. */
  states: number;
  /** The seed after the last. */
  next: number;
  /** Whether so many states were met that no more can be kept in mind. */
  isFull: boolean;
  readonly subjects: Map<SubjectName, SubjectFigures>;
  readonly tags: Tags;
  readonly kinds: Map<string, Kind>;
}

export interface ExploreSeedsOptions {
  readonly from: number;
  /** How many seeds. */
  readonly count: number;
  /** Whether to begin no further story. */
  readonly isOver: () => boolean;
  readonly onProgress: (explored: Explored) => void;
}

/** For twelve million states and moments, in 128 MB. */
const CAPACITY = 2 ** 24;

/** Explores the stories of seeds, one on each core at a time. */
export async function exploreSeeds(
  { from, count, isOver, onProgress }: ExploreSeedsOptions,
): Promise<Explored> {
  const explored: Explored = {
    ...{ states: 0, next: from, isFull: false },
    ...{ subjects: new Map(), tags: new Map(), kinds: new Map() },
  };
  const met = MetEverywhere.withRoomFor(CAPACITY);

  async function work(): Promise<void> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: met.buffer });
    while (explored.next < from + count && !isOver() && !met.isFull) {
      const seed = explored.next++;
      note(explored, seed, await ask(worker, { seed, known: [...explored.kinds.keys()] }));
      onProgress(explored);
    }
    await worker.terminate();
  }

  await Promise.all(Array.from({ length: Math.min(availableParallelism(), count) }, work));
  explored.isFull = met.isFull;
  return explored;
}

function note(explored: Explored, seed: number, { found, finding }: Answer): void {
  const { states, tags, first } = found;
  explored.states += states;
  addTags(explored.tags, tags);
  const subject = subjectOf(seed);
  const figures = explored.subjects.get(subject) ?? { stories: 0, states: 0, violations: 0 };
  figures.stories++;
  figures.states += states;
  explored.subjects.set(subject, figures);
  if (first === undefined) return;
  figures.violations++;
  const kind = explored.kinds.get(kindOf(first.what)) ?? { seeds: [], finding: undefined };
  kind.seeds.push(seed);
  kind.finding ??= finding;
  explored.kinds.set(kindOf(first.what), kind);
}

function ask(worker: Worker, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a worker ended with exit code ${code}`)));
    worker.on("message", resolve);
    worker.postMessage(question);
  });
}
