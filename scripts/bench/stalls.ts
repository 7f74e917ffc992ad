import { join } from "node:path";
import { LocalFileOffsetStore, type OpenOptions } from "../../mod.ts";
import { longestStall } from "./event_loop.ts";
import { sweep } from "./garbage.ts";
import { queuesOf } from "./queues.ts";
import { type Context, digits, type Figure, type Result, type Section } from "./section.ts";
import { median } from "./statistics.ts";

/** Something whose longest stall is measured. */
interface Work {
  readonly name: string;
  /** Makes ready, which is not measured, and answers what is. */
  readonly prepare: (round: number) => Promise<() => Promise<unknown>>;
}

/** The names of the figures that have goals. */
export const STALLS = {
  newQueue: "one new queue, persist",
  all: "all queues changed, persist",
  journal: "all queues changed, journal",
  merge: "merge after another's write",
  read: 'read("store") after another\'s write',
  open: "open",
  status: "status()",
  snapshot: "snapshot()",
  iteration: "iteration of a snapshot",
} as const;

class Stage {
  readonly #context: Context;
  readonly #queues: ReturnType<typeof queuesOf>;
  #count = 0;
  #offset = 1_000_000n;

  constructor(context: Context, queues: number) {
    this.#context = context;
    this.#queues = queuesOf(queues);
  }

  /** The options of a store that nothing else uses. */
  options(options: Partial<OpenOptions> = {}): OpenOptions {
    const root = join(this.#context.directory, "stalls", `${this.#queues.length}-${this.#count++}`);
    return { clientId: "c", group: "g", root, ...options };
  }

  /** Changes all queues. */
  fill(store: LocalFileOffsetStore): void {
    for (const mq of this.#queues) store.update(mq, this.#offset++, true);
  }

  change(store: LocalFileOffsetStore, number: number): void {
    store.update(this.#queues[number], this.#offset++, true);
  }

  async open(options: OpenOptions): Promise<LocalFileOffsetStore> {
    const store = await LocalFileOffsetStore.open(options);
    if (store.status().queues === 0) {
      this.fill(store);
      await store.persist();
    }
    return store;
  }

  get first() {
    return this.#queues[0];
  }
}

async function works(stage: Stage): Promise<{ works: Work[]; close: () => Promise<void> }> {
  const plain = await stage.open(stage.options());
  const journal = await stage.open(stage.options({ journal: true }));
  const shared = stage.options({ onConflict: "merge" });
  const merging = await stage.open(shared);
  const other = await LocalFileOffsetStore.open(shared);
  const afterAnother = async (run: () => Promise<unknown>) => {
    stage.change(other, 9);
    await other.persist();
    stage.change(merging, 5);
    return run;
  };
  const all: Work[] = [
    {
      name: STALLS.newQueue,
      async prepare(round) {
        plain.update({ topic: "new", brokerName: "b", queueId: round }, 1, true);
        return () => plain.persist();
      },
    },
    {
      name: STALLS.all,
      async prepare() {
        stage.fill(plain);
        return () => plain.persist();
      },
    },
    {
      name: STALLS.journal,
      async prepare() {
        stage.fill(journal);
        return () => journal.persist();
      },
    },
    { name: STALLS.merge, prepare: () => afterAnother(() => merging.persist()) },
    { name: STALLS.read, prepare: () => afterAnother(() => merging.read(stage.first, "store")) },
    {
      name: STALLS.open,
      prepare: async () => () => LocalFileOffsetStore.open(shared).then((store) => store.abandon()),
    },
    { name: STALLS.status, prepare: async () => async () => plain.status() },
    { name: STALLS.snapshot, prepare: async () => async () => plain.snapshot() },
    {
      name: STALLS.iteration,
      async prepare() {
        const table = plain.snapshot();
        return async () => {
          let queues = 0;
          for (const _ of table) queues++;
          return queues;
        };
      },
    },
  ];
  const close = async () => {
    for (const store of [plain, journal, merging, other]) await store.abandon();
  };
  return { works: all, close };
}

async function stallsAt(queues: number, context: Context): Promise<Result> {
  const { works: all, close } = await works(new Stage(context, queues));
  const rounds = context.quick ? 2 : queues > 100_000 ? 5 : 7;
  const taken = all.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { prepare }] of all.entries()) {
      const run = await prepare(round);
      // Garbage of the work before must not count here.
      sweep();
      await new Promise((resolve) => setTimeout(resolve, 20));
      taken[i].push(await longestStall(run));
    }
    context.progress(`stalls, ${queues.toLocaleString("en")} queues`, (round + 1) / rounds);
  }
  await close();
  return {
    title: `The longest stall while something is done, ${queues.toLocaleString("en")} queues`,
    columns: [
      { title: "" },
      { title: "LEAST ms", align: "right" },
      { title: "MEDIAN ms", align: "right" },
    ],
    rows: all.map(({ name }, i) => [
      name,
      digits(Math.min(...taken[i])),
      digits(median(taken[i])),
    ]),
    figures: all.map(({ name }, i): Figure => ({
      what: `stall: ${name}`,
      queues,
      value: Math.min(...taken[i]),
      unit: "ms",
    })),
    notes: [
      `The least of ${rounds} rounds is what the store does; more is another program's turn.`,
    ],
  };
}

export const stallsSection: Section = {
  name: "stalls",
  async run(context) {
    const sizes = context.quick ? [10_000] : [100_000, 1_000_000];
    const results: Result[] = [];
    for (const queues of sizes) results.push(await stallsAt(queues, context));
    return results;
  },
};
