/** A victim that promises too early: a soak must find it out. */
import { writeSync } from "node:fs";
import process from "node:process";
import { LocalFileOffsetStore } from "../../mod.ts";
import { generationOf, offsetOf, queuesOf } from "../../scripts/verify/soak/generation.ts";

const [root, options] = process.argv.slice(2);
const { queues: count } = JSON.parse(options);
const queues = queuesOf(count);
const store = await LocalFileOffsetStore.open({ clientId: "10.0.0.7@1", group: "soak", root });
let generation = generationOf(store.snapshot(), count);
writeSync(1, `L ${generation} ${store.loadOutcome.kind}\n`);
for (;;) {
  // Three at once, so that what is lost is more than what could be under way.
  for (let i = 0; i < 3; i++) writeSync(1, `A ${++generation}\n`);
  queues.forEach((mq, i) => store.update(mq, offsetOf(generation, i), true));
  await store.persist();
}
