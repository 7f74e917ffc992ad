/** Explores one scenario after the other, as it is asked to. */
import { parentPort } from "node:worker_threads";
import { explore } from "./explore.ts";
import { type Answer, type Job, scenariosOf } from "./jobs.ts";

// The store meets an error for each file that is missing, and nobody reads their stacks.
Error.stackTraceLimit = 0;

const answer = (message: Answer) => parentPort!.postMessage(message);

parentPort!.on("message", async ({ kind, index, depth, maxStates }: Job) => {
  const seen = new Set<string>();
  const found = await explore(scenariosOf(kind, depth)[index], {
    seen,
    maxStates,
    onProgress: ({ states }) => answer({ states }),
  });
  answer({ found, keys: [...seen].filter((key) => !key.startsWith("moment ")) });
});
