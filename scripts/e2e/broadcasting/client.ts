import type { OffsetFileFormat } from "../../../mod.ts";
import { ROOT_VARIABLE } from "../../../src/file/paths.ts";
import type { RealBroker } from "../../broker/with_broker.ts";
import { broadcast, type BroadcastPlan, type Consumed, consumedBy } from "../java_clients.ts";

/** A client whose broadcasting consumers keep their offsets in files. */
export interface FileClient {
  readonly name: string;
  /** The form of its files. */
  readonly format: OffsetFileFormat;
  /** Consumes until so many messages have come, and ends in order, which persists. */
  consume(topic: string, plan: BroadcastPlan): Promise<Consumed>;
}

/** Java's client, in the version of the broker. */
export function javaClient(broker: RealBroker): FileClient {
  return {
    name: "java",
    format: "java",
    consume: (topic, plan) => broadcast(broker, topic, plan),
  };
}

/** Go's client; the program is `tests/interop/go/consumer`, built. */
export function goClient(broker: RealBroker, program: string): FileClient {
  return {
    name: "go",
    format: "go",
    async consume(topic, { group, instance, root, count }) {
      const args = [broker.nameServer, topic, group, instance, String(count)];
      const env = { [ROOT_VARIABLE]: root, HOME: root };
      return await consumedBy(broker.spawn(program, args, { env }));
    },
  };
}
