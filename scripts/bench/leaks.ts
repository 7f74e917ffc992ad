import { join } from "node:path";
import { digits, type Figure, type Result, type Section } from "./section.ts";
import { probe } from "./memory.ts";

/** The names of the figures that have goals. */
export const LEAKS = {
  heap: "heap after queues that came and went, 10 left",
  persist: "a persist of 10 queues after that, to one before",
  peak: "peak of open beyond the idle runtime, to the file",
  stores: "heap for each store that was opened and closed",
} as const;

export const leaksSection: Section = {
  name: "leaks",
  async run({ directory, quick, progress }) {
    const root = join(directory, "leaks");
    const [gone, queues, stores] = quick ? [5000, 10_000, 50] : [500_000, 1_000_000, 10_000];
    progress("queues that come and go", 0);
    const [heap, ratio] = await probe(join(root, "churn"), gone, "churn");
    progress("the peak of open", 0.4);
    await probe(join(root, "peak"), queues, "update");
    const [peak] = await probe(join(root, "peak"), queues, "peak");
    progress("stores that are opened and closed", 0.7);
    const [each] = await probe(join(root, "stores"), stores, "stores");
    const figures: Figure[] = [
      { what: LEAKS.heap, queues: gone, value: heap / 1e6, unit: "MB" },
      { what: LEAKS.persist, queues: gone, value: ratio, unit: "×" },
      { what: LEAKS.peak, queues, value: peak, unit: "×" },
      { what: LEAKS.stores, queues: stores, value: each, unit: "bytes" },
    ].filter(({ value }) => !Number.isNaN(value));
    const result: Result = {
      title: "Leftovers in memory, and the most that is needed",
      columns: [
        { title: "" },
        { title: "OF", align: "right" },
        { title: "VALUE", align: "right" },
        { title: "" },
      ],
      rows: figures.map(({ what, queues, value, unit }) => [
        what,
        queues.toLocaleString("en"),
        digits(value),
        unit,
      ]),
      figures,
    };
    return [result];
  },
};
