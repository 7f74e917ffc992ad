import { TOGETHER } from "./committers.ts";
import { LEAKS } from "./leaks.ts";
import { OPEN } from "./load.ts";
import { comparedWith, GUARDED, JOURNAL, SNAPSHOT, SQLITE } from "./persist.ts";
import { digits, type Figure, find, type Result, times } from "./section.ts";
import { STALLS } from "./stalls.ts";

/** What a figure has to be. */
interface Goal {
  readonly what: string;
  /** The figure's name, and for how many queues. */
  readonly figure: string;
  readonly queues: number;
  readonly of: "ratio" | "value";
  readonly bound: number;
  readonly at: "most" | "least";
}

const AT = { most: "≤", least: "≥" } as const;

/** The work, its number of queues, and the most milliseconds that it may hold the event loop. */
const STALL_GOALS: readonly (readonly [what: string, queues: number, bound: number])[] = [
  [STALLS.newQueue, 100_000, 5],
  [STALLS.newQueue, 1_000_000, 10],
  [STALLS.journal, 100_000, 5],
  [STALLS.merge, 100_000, 5],
  [STALLS.read, 100_000, 5],
  [STALLS.open, 100_000, 10],
  [STALLS.status, 1_000_000, 1],
];

/** The most that a plain file may take, to the least that keeps the same guarantees. */
const FILE_GOALS = [[16, 1.1], [1000, 1.1], [100_000, 1.25]] as const;

const GOALS: readonly Goal[] = [
  ...FILE_GOALS.map(([queues, bound]): Goal => ({
    what: `plain file to ${GUARDED}`,
    figure: comparedWith(SNAPSHOT, GUARDED),
    queues,
    of: "ratio",
    bound,
    at: "most",
  })),
  ...[16, 1000, 100_000, 1_000_000].map((queues): Goal => ({
    what: "journal to SQLite",
    figure: comparedWith(JOURNAL, SQLITE),
    queues,
    of: "ratio",
    // Both make one sync; below this, clarity wins over hundredths.
    bound: 1.05,
    at: "most",
  })),
  {
    what: "64 committers to 64 upserts a transaction",
    figure: TOGETHER,
    queues: 1000,
    of: "ratio",
    bound: 1.2,
    at: "least",
  },
  {
    what: "million updates a second",
    figure: "updates",
    queues: 1000,
    of: "value",
    bound: 10,
    at: "least",
  },
  {
    what: "million updates a second, random order",
    figure: "updates",
    queues: 100_000,
    of: "value",
    bound: 1,
    at: "least",
  },
  {
    what: "bytes that an update allocates",
    figure: "allocated by an update",
    queues: 1000,
    of: "value",
    bound: 0.5,
    at: "most",
  },
  ...["after open", "after updates of all"].map((figure): Goal => ({
    what: `bytes of memory a queue, ${figure}`,
    figure,
    queues: 1_000_000,
    of: "value",
    bound: 96,
    at: "most",
  })),
  ...[100_000, 1_000_000].map((queues): Goal => ({
    what: "open to JSON.parse",
    figure: OPEN,
    queues,
    of: "ratio",
    bound: 1.5,
    at: "most",
  })),
  ...STALL_GOALS.map(([what, queues, bound]): Goal => ({
    what: `stall ms, ${what}`,
    figure: `stall: ${what}`,
    queues,
    of: "value",
    bound,
    at: "most",
  })),
  {
    what: "MB held after queues that came and went",
    figure: LEAKS.heap,
    queues: 500_000,
    of: "value",
    bound: 20,
    at: "most",
  },
  {
    what: "a persist after that, to one before",
    figure: LEAKS.persist,
    queues: 500_000,
    of: "value",
    bound: 1.2,
    at: "most",
  },
  {
    what: "peak of open to the file",
    figure: LEAKS.peak,
    queues: 1_000_000,
    of: "value",
    bound: 3,
    at: "most",
  },
  {
    what: "bytes left by a store, opened and closed",
    figure: LEAKS.stores,
    queues: 10_000,
    of: "value",
    bound: 100,
    at: "most",
  },
  ...["every queue changed", "one queue changed"].map((what): Goal => ({
    what: `stall ms, ${what}`,
    figure: `ours, ${what}`,
    queues: 100_000,
    of: "value",
    bound: 5,
    at: "most",
  })),
];

/** Goal, measured, met. */
export function judgeGoals(figures: readonly Figure[]): Result {
  const judged = GOALS.map((goal) => {
    const measured = find(figures, goal.figure, goal.queues)?.[goal.of] ?? NaN;
    const isMet = goal.at === "most" ? measured <= goal.bound : measured >= goal.bound;
    return { ...goal, measured, isMet };
  });
  return {
    title: "Goals",
    columns: [
      { title: "" },
      { title: "QUEUES", align: "right" },
      { title: "GOAL", align: "right" },
      { title: "MEASURED", align: "right" },
      { title: "MET" },
    ],
    rows: judged.map(({ what, queues, at, bound, of, measured, isMet }) => [
      what,
      queues.toLocaleString("en"),
      `${AT[at]} ${of === "ratio" ? times(bound) : bound}`,
      of === "ratio" ? times(measured) : digits(measured),
      Number.isNaN(measured) ? "not measured" : isMet ? "yes" : "no",
    ]),
    figures: judged.filter(({ measured }) => !Number.isNaN(measured)).map((
      { what, queues, at, bound, measured, isMet },
    ): Figure => ({
      what: `goal ${what} ${AT[at]} ${bound}`,
      queues,
      value: measured,
      unit: isMet ? "met" : "not met",
    })),
  };
}
