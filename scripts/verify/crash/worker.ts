/** Explores one scenario after the other, as it is asked to. */
import { parentPort } from "node:worker_threads";
import { MetHere } from "./every_crash.ts";
import { type Answer, type Job, tasksOf } from "./jobs.ts";

// The store meets an error for each file that is missing, and nobody reads their stacks.
Error.stackTraceLimit = 0;

const answer = (message: Answer) => parentPort!.postMessage(message);

parentPort!.on("message", async ({ kind, index, depth, maxStates }: Job) => {
  const met = new MetHere();
  const found = await tasksOf(kind)[index].explore(depth, {
    met,
    maxStates,
    onProgress: ({ states }) => answer({ states }),
  });
  answer({ found, keys: [...met.states] });
});
