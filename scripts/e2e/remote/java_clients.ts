import { fileURLToPath } from "node:url";
import type { RealBroker } from "../../broker/with_broker.ts";

const SOURCE = fileURLToPath(new URL("../java/Clients.java", import.meta.url));

/** What a Java consumer saw: how many messages, and the first offset of each queue. */
export interface Consumed {
  readonly count: number;
  readonly first: ReadonlyMap<number, number>;
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
  const program = broker.java(SOURCE, ["consume", topic, group, String(count)]);
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
