/** Explores one scenario after the other, as it is asked to. */
import { parentPort, workerData } from "node:worker_threads";
import { type Answer, type Job, tasksOf } from "./jobs.ts";
import { MetEverywhere } from "./met_everywhere.ts";

// The store meets an error for each file that is missing, and nobody reads their stacks.
Error.stackTraceLimit = 0;

const answer = (message: Answer) => parentPort!.postMessage(message);

/** The states that all workers have met. Scenarios that must lose data are explored separately. */
const met = workerData instanceof SharedArrayBuffer ? new MetEverywhere(workerData) : undefined;

parentPort!.on("message", async ({ kind, index, depth, maxStates }: Job) => {
  const found = await tasksOf(kind)[index].explore(depth, {
    met,
    maxStates,
    onProgress: ({ states }) => answer({ states }),
  });
  answer({ found });
});
