import { createRequire } from "node:module";
import { setTimeout } from "node:timers/promises";
import { clientOptions } from "./client_options.ts";

/** The part of ali-ons that is used; ali-ons has no types. */
interface Producer {
  ready(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): void;
  send(message: object): Promise<unknown>;
  close(): Promise<void>;
  readonly _mqClient: Client;
}

interface Client {
  invoke(address: string, command: object, timeoutMs: number): Promise<Answer>;
  updateTopicRouteInfoFromNameServer(topic: string): Promise<void>;
  getTopicRouteInfoFromNameServer(topic: string, timeoutMs: number): Promise<Route>;
}

interface Route {
  readonly queueDatas: readonly { readonly readQueueNums: number }[];
}

interface Answer {
  readonly code: number;
  readonly remark: string;
}

const UPDATE_AND_CREATE_TOPIC = 17;
const TIMEOUT_MS = 3000;

/** Makes topics, and sends messages with numbers to them. */
export class Sender {
  readonly #broker: string;
  readonly #producer: Producer;
  readonly #makeMessage: (topic: string, body: string) => object;
  readonly #makeRequest: (code: number, fields: object) => object;

  private constructor(nameServer: string, broker: string) {
    const require = createRequire(import.meta.url);
    const { Message, Producer } = require("ali-ons");
    const Command = require("ali-ons/lib/protocol/command/remoting_command");
    this.#broker = broker;
    this.#makeMessage = (topic, body) => new Message(topic, "Tag", body);
    this.#makeRequest = (code, fields) => Command.createRequestCommand(code, fields);
    this.#producer = new Producer({ ...clientOptions(nameServer), producerGroup: "sender" });
    // The loops in the background try again by themselves.
    this.#producer.on("error", () => {});
  }

  static async start(nameServer: string, broker: string): Promise<Sender> {
    const sender = new Sender(nameServer, broker);
    await sender.#producer.ready();
    return sender;
  }

  get #client(): Client {
    return this.#producer._mqClient;
  }

  /** Makes a topic with so many queues, or changes how many can be read and written. */
  async setQueues(topic: string, queues: number): Promise<void> {
    const request = this.#makeRequest(UPDATE_AND_CREATE_TOPIC, {
      topic,
      defaultTopic: "TBW102",
      readQueueNums: queues,
      writeQueueNums: queues,
      perm: 6,
      topicFilterType: "SINGLE_TAG",
      topicSysFlag: 0,
      order: false,
    });
    const { code, remark } = await this.#client.invoke(this.#broker, request, TIMEOUT_MS);
    if (code !== 0) throw new Error(`Cannot make topic "${topic}": the broker said ${remark}`);
    // The broker tells the name server a moment later.
    while (await this.#queuesOf(topic) !== queues) await setTimeout(50);
    await this.#client.updateTopicRouteInfoFromNameServer(topic);
  }

  async #queuesOf(topic: string): Promise<number | undefined> {
    try {
      const route = await this.#client.getTopicRouteInfoFromNameServer(topic, TIMEOUT_MS);
      return route.queueDatas[0].readQueueNums;
    } catch {
      return undefined;
    }
  }

  /** Sends the numbers from `from` up to, but without, `to`. */
  async send(topic: string, from: number, to: number): Promise<void> {
    for (let i = from; i < to; i++) await this.#producer.send(this.#makeMessage(topic, String(i)));
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
