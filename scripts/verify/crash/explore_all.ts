import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Answer, type Found, type Job, type Kind, type Task, tasksOf } from "./jobs.ts";
import { MetEverywhere } from "./met_everywhere.ts";
import { addTags, type Tags } from "./story/explore_story.ts";

/** The findings in the scenarios of one name, such as two writers at each distance. */
export type Row = Found & { readonly name: string };

export interface Explored {
  readonly rows: readonly Row[];
  /** How many states came after an event of each kind. */
  readonly tags: Tags;
}

export interface ExploreAllOptions {
  readonly depth: number;
  /** At most so many states of each scenario. */
  readonly maxStates: number;
  readonly onProgress: (done: number, all: number, states: number, name: string) => void;
}

/** For twelve million states and moments, in 128 MB. */
const CAPACITY = 2 ** 24;

/**
 * Explores all scenarios of a kind, one on each core at a time; what is found is in their order.
 *
 * A state that several scenarios of the store have in common is explored once, and counts once.
 */
export async function exploreAll(
  kind: Kind,
  { depth, maxStates, onProgress }: ExploreAllOptions,
): Promise<Explored> {
  const list = tasksOf(kind);
  const found: Found[] = [];
  const states: number[] = list.map(() => 0);
  const met = kind === "store" ? MetEverywhere.withRoomFor(CAPACITY) : undefined;
  let [next, done] = [0, 0];

  async function work(): Promise<void> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: met?.buffer });
    while (next < list.length) {
      const index = next++;
      const tell = (now: number) => {
        states[index] = now;
        const sum = states.reduce((all, each) => all + each, 0);
        onProgress(done, list.length, sum, list[index].name);
      };
      const answer = await ask(worker, { kind, index, depth, maxStates }, tell);
      found[index] = answer.found;
      done++;
      tell(answer.found.states);
    }
    await worker.terminate();
  }

  await Promise.all(Array.from({ length: Math.min(availableParallelism(), list.length) }, work));
  const tags: Tags = new Map();
  for (const each of found) addTags(tags, each.tags);
  return { rows: rowsOf(list, found), tags };
}

function ask(
  worker: Worker,
  job: Job,
  tell: (states: number) => void,
): Promise<Extract<Answer, { found: unknown }>> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a worker ended with exit code ${code}`)));
    worker.on("message", (answer: Answer) => {
      if ("found" in answer) resolve(answer);
      else tell(answer.states);
    });
    worker.postMessage(job);
  });
}

function rowsOf(list: readonly Task[], found: readonly Found[]): Row[] {
  const rows = new Map<string, Row>();
  list.forEach(({ name }, i) => {
    const row = rows.get(name) ?? { name, states: 0, violations: 0, first: undefined };
    row.states += found[i].states;
    row.violations += found[i].violations;
    row.first ??= found[i].first;
    rows.set(name, row);
  });
  return [...rows.values()];
}
