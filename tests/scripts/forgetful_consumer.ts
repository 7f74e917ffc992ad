/** A consumer that persists twice and from then on only says so; the demo must notice. */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { consume } from "../../scripts/demo/consume.ts";

let persists = 0;
await consume(process.argv[3], async (store) => {
  if (persists++ < 2) await store.persist();
  // It takes its time as if it did: a flood of lines would keep the demo from its own timers.
  else await setTimeout(1);
});
