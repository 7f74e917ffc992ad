/** A name server and brokers that keep offsets in a `Map`, as RocketMQ 5 does. */
import type { TlsOptions } from "node:tls";
import type { MessageQueue } from "../../src/core/mod.ts";
import { FakeServer, type Outcome, type Seen } from "./fake_server.ts";

export const QUERY = 14;
export const UPDATE = 15;
export const ROUTE = 105;

export const GROUP = "orders-group";

export const at = (queueId: number, brokerName = "broker-a", topic = "orders"): MessageQueue => ({
  topic,
  brokerName,
  queueId,
});

export interface ClusterOptions {
  readonly brokers?: readonly string[];
  readonly topics?: readonly string[];
  readonly tls?: TlsOptions;
}

export class FakeCluster {
  readonly nameServer: FakeServer;
  readonly brokers: ReadonlyMap<string, FakeServer>;
  /** What the brokers hold, by `keyOf`. */
  readonly offsets: Map<string, bigint>;
  /** What the name server tells: from a broker's name to the address of its master. */
  readonly routes = new Map<string, string>();
  /** Decides on a request before the brokers do. */
  intercept: (request: Seen) => Outcome | undefined | Promise<Outcome | undefined> = () =>
    undefined;

  readonly #log: Seen[] = [];

  private constructor(
    nameServer: FakeServer,
    brokers: ReadonlyMap<string, FakeServer>,
    offsets: Map<string, bigint>,
  ) {
    this.nameServer = nameServer;
    this.brokers = brokers;
    this.offsets = offsets;
    for (const [name, { address }] of brokers) this.routes.set(name, address);
  }

  static async start(options: ClusterOptions = {}): Promise<FakeCluster> {
    const { brokers = ["broker-a"], topics = ["orders"], tls } = options;
    let cluster: FakeCluster | undefined;
    const answer = async (request: Seen): Promise<Outcome> => {
      cluster!.#log.push(request);
      return await cluster!.intercept(request) ?? cluster!.#answer(request, topics);
    };
    const servers = new Map<string, FakeServer>();
    for (const name of brokers) servers.set(name, await FakeServer.start(answer, tls));
    const nameServer = await FakeServer.start(answer, tls);
    return cluster = new FakeCluster(nameServer, servers, new Map());
  }

  /** The only broker, or one of them. */
  broker(name = "broker-a"): FakeServer {
    return this.brokers.get(name)!;
  }

  /** All requests of a code, to any of the servers, in the order in which they came. */
  requests(code: number): Seen[] {
    return this.#log.filter((request) => request.code === code);
  }

  get(mq: MessageQueue, group = GROUP): bigint | undefined {
    return this.offsets.get(keyOf(group, mq.topic, mq.brokerName, String(mq.queueId)));
  }

  set(mq: MessageQueue, offset: bigint, group = GROUP): void {
    this.offsets.set(keyOf(group, mq.topic, mq.brokerName, String(mq.queueId)), offset);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = [this.nameServer, ...this.brokers.values()];
    await Promise.all(servers.map((server) => server.stop()));
  }

  #answer({ code, fields }: Seen, topics: readonly string[]): Outcome {
    if (code === ROUTE) {
      if (!topics.includes(fields.topic)) return { code: 17, remark: "No topic route info" };
      return { body: routeText(this.routes) };
    }
    const { consumerGroup, topic, bname, queueId, commitOffset } = fields;
    const key = keyOf(consumerGroup, topic, bname, queueId);
    if (code === UPDATE) {
      this.offsets.set(key, BigInt(commitOffset));
      return {};
    }
    const offset = this.offsets.get(key);
    if (offset !== undefined) return { fields: { offset: String(offset) } };
    if (fields.setZeroIfNotFound === "false") return { code: 22, remark: "Not found" };
    return { fields: { offset: "0" } };
  }
}

export function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** What a name server says of a topic, in the form of 5.x. */
export function routeText(masters: Iterable<readonly [string, string]>): string {
  const names = [...masters];
  return JSON.stringify({
    brokerDatas: names.map(([brokerName, address]) => ({
      brokerAddrs: { "0": address },
      brokerName,
      cluster: "DefaultCluster",
      enableActingMaster: false,
    })),
    filterServerTable: {},
    queueDatas: names.map(([brokerName]) => ({ brokerName, perm: 6, readQueueNums: 4 })),
  });
}
