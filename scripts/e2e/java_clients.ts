import { fileURLToPath } from "node:url";
import { ROOT_VARIABLE } from "../../src/file/paths.ts";
import type { Program } from "../broker/run_program.ts";
import type { RealBroker } from "../broker/with_broker.ts";

const SOURCE = fileURLToPath(new URL("java/Clients.java", import.meta.url));

/** The messages of a Java consumer: their number, and the first offset of each queue. */
export interface Consumed {
  readonly count: number;
  readonly first: ReadonlyMap<number, number>;
}

/** A broadcasting consumer: whose offsets it keeps, where, and when it ends. */
export interface BroadcastPlan {
  readonly group: string;
  readonly instance: string;
  /** The root directory of its offset files. */
  readonly root: string;
  readonly count: number;
}

/** Sends messages with Java's producer, to the queues in turn. */
export async function produce(broker: RealBroker, topic: string, count: number): Promise<void> {
  const program = broker.java(SOURCE, ["produce", topic, String(count)]);
  await program.printed(/^produced \d+$/m);
  await program.ended;
}

/** Consumes with Java's consumer in clustering mode until so many messages have come. */
export async function consume(
  broker: RealBroker,
  topic: string,
  group: string,
  count: number,
): Promise<Consumed> {
  return await consumedBy(broker.java(SOURCE, ["consume", topic, group, String(count)]));
}

/** Consumes in the same way in broadcasting mode; the offsets are in a file below the root. */
export async function broadcast(
  broker: RealBroker,
  topic: string,
  { group, instance, root, count }: BroadcastPlan,
): Promise<Consumed> {
  const args = ["broadcast", topic, group, String(count), instance];
  return await consumedBy(broker.java(SOURCE, args, { [ROOT_VARIABLE]: root }));
}

/** Waits for the end of a consumer, Java's or Go's, and reads its last output. */
export async function consumedBy(program: Program): Promise<Consumed> {
  const [, consumed, first] = await program.printed(/^consumed (\d+) first \{(.*)\}$/m);
  await program.ended;
  const entries = [...first.matchAll(/(\d+)=(\d+)/g)];
  return {
    count: Number(consumed),
    first: new Map(entries.map(([, queue, offset]) => [Number(queue), Number(offset)])),
  };
}

/** The offsets that `mqadmin consumerProgress` shows of a topic, by queue. */
export async function progress(
  broker: RealBroker,
  group: string,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> {
  const text = await broker.admin("consumerProgress", ["-g", group]);
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/))
    .filter(([name, brokerName]) => name === topic && brokerName === broker.name);
  return new Map(rows.map(([, , queue, , offset]) => [Number(queue), BigInt(offset)]));
}
