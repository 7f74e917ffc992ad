import { join } from "node:path";
import { LocalFileOffsetStore, type MessageQueue } from "../../mod.ts";
import { collectGarbage } from "./garbage.ts";
import { queuesOf, shuffled } from "./queues.ts";
import { type Case, measure } from "./rounds.ts";
import { type Context, digits, type Result, type Section, times } from "./section.ts";
import { median, ratio } from "./statistics.ts";

/** Something that an increase-only update can be made on. */
interface Design {
  readonly name: string;
  update(mq: MessageQueue, offset: bigint): void;
}

export const STORE = "the store";

/** A tree of maps, with whatever at its leaves. */
class Tree<V> {
  readonly #topics = new Map<string, Map<string, Map<number, V>>>();

  get({ topic, brokerName, queueId }: MessageQueue): V | undefined {
    return this.#topics.get(topic)?.get(brokerName)?.get(queueId);
  }

  set({ topic, brokerName, queueId }: MessageQueue, value: V): void {
    const brokers = this.#topics.get(topic) ?? new Map();
    const queues = brokers.get(brokerName) ?? new Map();
    this.#topics.set(topic, brokers.set(brokerName, queues.set(queueId, value)));
  }
}

function treeOfObjects(): Design {
  const tree = new Tree<{ offset: bigint }>();
  return {
    name: "nested maps of objects",
    update(mq, offset) {
      const slot = tree.get(mq);
      if (slot === undefined) tree.set(mq, { offset });
      else if (offset > slot.offset) slot.offset = offset;
    },
  };
}

function treeOfSlots(): Design {
  const tree = new Tree<number>();
  const offsets = new BigInt64Array(2 ** 17);
  let size = 0;
  return {
    name: "nested maps of slots, BigInt64Array",
    update(mq, offset) {
      const slot = tree.get(mq);
      if (slot === undefined) {
        tree.set(mq, size);
        offsets[size++] = offset;
      } else if (offset > offsets[slot]) offsets[slot] = offset;
    },
  };
}

function joinedKeys(): Design {
  const map = new Map<string, bigint>();
  return {
    name: "one map, joined keys",
    update(mq, offset) {
      const key = `${mq.topic}\0${mq.brokerName}\0${mq.queueId}`;
      const held = map.get(key);
      if (held === undefined || offset > held) map.set(key, offset);
    },
  };
}

async function updatesAt(queues: number, isRandom: boolean, context: Context): Promise<Result> {
  const all = queuesOf(queues);
  const met = isRandom ? shuffled(queues).map((i) => all[i]) : all;
  const store = await LocalFileOffsetStore.open({
    clientId: "c",
    group: `updates-${queues}`,
    root: context.directory,
  });
  const designs: Design[] = [
    { name: STORE, update: (mq, offset) => store.update(mq, offset, true) },
    treeOfObjects(),
    treeOfSlots(),
    joinedKeys(),
  ];
  const repeat = Math.max(1, Math.round((context.quick ? 10_000 : 200_000) / queues));
  // Offsets that no queue has reached, made before: what is measured is an update that advances.
  let next = 1;
  const offsets = met.map(() => 0n);
  const numbers = met.map(() => 0);
  const prepare = () => {
    for (let i = 0; i < queues; i++) offsets[i] = BigInt(numbers[i] = next + i % 7);
    next += 7;
  };
  const cases: Case[] = designs.map(({ name, update }) => ({
    name,
    batch: 1,
    prepare,
    run() {
      for (let i = 0; i < queues; i++) update(met[i], offsets[i]);
    },
  }));
  cases.push({
    name: "the store, offsets as numbers",
    batch: 1,
    prepare,
    run() {
      for (let i = 0; i < queues; i++) store.update(met[i], numbers[i], true);
    },
  });
  const rounds = repeat * (context.quick ? 1 : 3) + 8;
  const measured = await measure(
    cases,
    rounds,
    (share) => context.progress(`updates of ${queues.toLocaleString("en")} queues`, share),
  );
  const bytes = await allocation(cases[0], queues, repeat);
  prepare();
  cases[0].run();
  if (store.peek(met[6]) !== offsets[6]) throw new Error("the last update is not there");
  await store.close();
  const perSecond = (ms: number) => queues / ms / 1000;
  const order = isRandom ? "in random order" : "in order";
  return {
    title: `Increase-only updates, ${queues.toLocaleString("en")} queues met ${order}`,
    columns: [
      { title: "" },
      { title: "MILLION/s", align: "right" },
      { title: "TO THE STORE", align: "right" },
    ],
    rows: measured.map((each) => [
      each.name,
      digits(perSecond(median(each.rounds))),
      times(ratio(measured[0].rounds, each.rounds)),
    ]),
    figures: [
      { what: "updates", queues, value: perSecond(median(measured[0].rounds)), unit: "M/s" },
      ...bytes === undefined
        ? []
        : [{ what: "allocated by an update", queues, value: bytes, unit: "bytes" }],
    ],
    notes: [
      bytes === undefined
        ? "This runtime does not tell what an update allocates."
        : `An update of the store allocates ${bytes.toFixed(2)} bytes.`,
    ],
  };
}

/**
 * Bytes for each update; `undefined` where the runtime does not tell its heap from instant to
 * instant.
 *
 * The median: now and then the runtime allocates for itself, to compile what it knows better by now.
 */
async function allocation(
  { prepare, run }: Case,
  queues: number,
  repeat: number,
): Promise<number | undefined> {
  const heapUsed = await collectGarbage();
  if (heapUsed === undefined) return undefined;
  const bytes = Array.from({ length: repeat }, () => {
    prepare?.();
    const before = heapUsed();
    run();
    return heapUsed() - before;
  });
  return Math.max(0, median(bytes)) / queues;
}

export const updatesSection: Section = {
  name: "updates",
  async run(context) {
    return [
      await updatesAt(1000, false, { ...context, directory: join(context.directory, "updates") }),
      await updatesAt(context.quick ? 10_000 : 100_000, true, {
        ...context,
        directory: join(context.directory, "updates"),
      }),
    ];
  },
};
