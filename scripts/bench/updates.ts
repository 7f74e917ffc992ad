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

export const STORE = "the store: slots, BigInt64Array";

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
  const designs: (Design & { numbers?: true })[] = [
    { name: STORE, update: (mq, offset) => store.update(mq, offset, true) },
    treeOfObjects(),
    joinedKeys(),
  ];
  // Made before: what is measured is the update, not the making of offsets.
  let base = 0;
  const repeat = Math.max(1, Math.round(200_000 / queues));
  const offsets = Array.from({ length: repeat }, (_, r) => met.map((_, i) => BigInt(i + 7 * r)));
  const numbers = Array.from({ length: repeat }, (_, r) => met.map((_, i) => i + 7 * r));
  const run = ({ update }: Design) => () => {
    for (const each of offsets) for (let i = 0; i < queues; i++) update(met[i], each[i]);
  };
  const cases: Case[] = designs.map((design) => ({
    name: design.name,
    batch: 1,
    run: run(design),
  }));
  cases.push({
    name: "the store, offsets as numbers",
    batch: 1,
    run() {
      for (const each of numbers) {
        for (let i = 0; i < queues; i++) store.update(met[i], each[i], true);
      }
    },
  });
  const rounds = context.quick ? 4 : 12;
  const measured = await measure(
    cases,
    rounds,
    () =>
      context.progress(`updates of ${queues.toLocaleString("en")} queues`, ++base / (rounds + 2)),
  );
  const bytes = await allocation(run(designs[0]), queues * repeat);
  await store.close();
  const perSecond = (ms: number) => queues * repeat / ms / 1000;
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
      { what: "allocated by an update", queues, value: bytes, unit: "bytes" },
    ],
    notes: [
      `An update of the store allocates ${bytes.toFixed(2)} bytes` +
      (Number.isNaN(bytes) ? " (not to be told on this runtime)." : "."),
    ],
  };
}

/** Bytes for each of so many steps; `NaN` where the runtime does not tell its heap from instant to instant. */
async function allocation(run: () => void, steps: number): Promise<number> {
  const heapUsed = await collectGarbage();
  if (heapUsed === undefined) return NaN;
  const before = heapUsed();
  run();
  return Math.max(0, heapUsed() - before) / steps;
}

export const updatesSection: Section = {
  name: "updates",
  async run(context) {
    return [
      await updatesAt(1000, false, { ...context, directory: join(context.directory, "updates") }),
      await updatesAt(100_000, true, { ...context, directory: join(context.directory, "updates") }),
    ];
  },
};
