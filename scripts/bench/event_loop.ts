import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { LocalFileOffsetStore } from "../../mod.ts";
import { queuesOf } from "./queues.ts";
import { digits, type Figure, type Result, type Section } from "./section.ts";
import { median } from "./statistics.ts";

/** The longest time between two turns of the event loop while something is done. */
export async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let [last, longest, isDone] = [performance.now(), 0, false];
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  isDone = true;
  tick();
  return longest;
}

export const eventLoopSection: Section = {
  name: "event-loop",
  async run({ directory, quick, progress }) {
    const queues = quick ? 10_000 : 100_000;
    const all = queuesOf(queues);
    const root = join(directory, "event-loop");
    const store = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root });
    let offset = 1_000_000n;
    const updateAll = () => {
      for (const mq of all) store.update(mq, offset++, true);
    };
    updateAll();
    await store.persist();
    const object = { offsetTable: Object.fromEntries(all.map((mq, i) => [JSON.stringify(mq), i])) };
    const works: [string, () => void, () => Promise<void>][] = [
      [
        "nothing, for comparison",
        () => {},
        () => new Promise((resolve) => setTimeout(resolve, 20)),
      ],
      ["ours, every queue changed", updateAll, () => store.persist()],
      [
        "ours, one queue changed",
        () => store.update(all[7], offset++, true),
        () => store.persist(),
      ],
      [
        "JSON.stringify and writeFile, not synced",
        () => {},
        () => writeFile(join(root, "naive.json"), JSON.stringify(object)),
      ],
    ];
    const stalls = works.map((): number[] => []);
    const rounds = quick ? 4 : 15;
    for (let round = 0; round < rounds + 2; round++) {
      for (const [i, [, before, work]] of works.entries()) {
        before();
        // What the updates left over is not the persist's affair.
        await new Promise((resolve) => setTimeout(resolve, 20));
        const stall = await longestStall(work);
        if (round >= 2) stalls[i].push(stall);
      }
      progress("event loop", (round + 1) / (rounds + 2));
    }
    await store.close();
    const result: Result = {
      title: `The longest stall of the event loop, ${queues.toLocaleString("en")} queues`,
      columns: [
        { title: "" },
        { title: "MEDIAN ms", align: "right" },
        { title: "WORST ms", align: "right" },
      ],
      rows: works.map((
        [name],
        i,
      ) => [name, digits(median(stalls[i])), digits(Math.max(...stalls[i]))]),
      figures: works.flatMap(([what], i): Figure[] => [
        { what, queues, value: median(stalls[i]), unit: "ms" },
        { what: `${what}, worst`, queues, value: Math.max(...stalls[i]), unit: "ms" },
      ]),
    };
    return [result];
  },
};
