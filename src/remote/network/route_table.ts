import type { MessageQueue } from "../../core/table/message_queue.ts";
import { BrokerAnswerError } from "../errors/broker_answer_error.ts";
import { RouteError } from "../errors/route_error.ts";
import type { Frame, Request } from "../protocol/frame.ts";
import { RequestCode, ResponseCode } from "../protocol/response_code.ts";
import { parseRoute, type Route } from "../protocol/route.ts";
import type { Connection } from "./connection.ts";
import { Deadline } from "./deadline.ts";

/** A route is asked for again after this time, as Java's and Go's clients do. */
const FRESH_MS = 30_000;

/** Sends a request to a server and waits for the answer. */
export type Ask = (server: Connection, request: Request, deadline: Deadline) => Promise<Frame>;

/** The state of a topic: `suspect` is a route that has led to no broker. */
interface Known {
  readonly route: Route;
  readonly freshUntil: number;
  readonly isSuspect: boolean;
}

/** Knows where each queue's broker is, and asks the name servers if it does not. */
export class RouteTable {
  readonly #nameServers: readonly Connection[];
  readonly #ask: Ask;
  readonly #timeoutMs: number;
  readonly #freshMs: number;
  readonly #known = new Map<string, Known>();
  /** The questions that are under way, by topic. */
  readonly #fetching = new Map<string, Promise<Route>>();

  /** `timeoutMs` bounds a question; several calls may wait for the same one. */
  constructor(
    nameServers: readonly Connection[],
    ask: Ask,
    timeoutMs: number,
    freshMs: number = FRESH_MS,
  ) {
    this.#nameServers = nameServers;
    this.#ask = ask;
    this.#timeoutMs = timeoutMs;
    this.#freshMs = freshMs;
  }

  /**
   * The address of the master of a queue's broker.
   *
   * @throws {RouteError} If the name servers know none.
   * @throws {BrokerUnreachableError} If no name server answers.
   */
  async masterOf({ topic, brokerName }: MessageQueue, deadline: Deadline): Promise<string> {
    const route = await this.#routeOf(topic, deadline).catch((error) => {
      if (!isUnknownTopic(error)) throw error;
      const state =
        "no name server knows the topic; create it, or wait if the broker has just started";
      throw new RouteError(topic, brokerName, state, error);
    });
    const address = route.get(brokerName);
    if (address !== undefined) return address;
    const names = [...route.keys()].map((name) => JSON.stringify(name)).join(", ");
    const state = route.has(brokerName) ? "it has no master now" : `the topic is on ${names} only`;
    // A route that is wrong now may be right at the next call.
    this.suspect(topic);
    throw new RouteError(topic, brokerName, state);
  }

  /** Makes the next call ask again, for example after the broker could not be reached. */
  suspect(topic: string): void {
    const known = this.#known.get(topic);
    if (known !== undefined) this.#known.set(topic, { ...known, isSuspect: true });
  }

  async #routeOf(topic: string, deadline: Deadline): Promise<Route> {
    const known = this.#known.get(topic);
    if (known === undefined) return await deadline.within(this.#fetch(topic));
    if (known.isSuspect) {
      // A broker that starts again is mostly where it was, and no name server may know it yet.
      return await deadline.within(this.#fetch(topic).catch(() => known.route));
    }
    if (performance.now() > known.freshUntil) this.#fetch(topic).catch(() => {});
    return known.route;
  }

  /** Asks the name servers, once for all calls that wait for the same topic. */
  #fetch(topic: string): Promise<Route> {
    let fetching = this.#fetching.get(topic);
    if (fetching === undefined) {
      fetching = this.#fetchFromAny(topic).finally(() => this.#fetching.delete(topic));
      this.#fetching.set(topic, fetching);
    }
    return fetching;
  }

  async #fetchFromAny(topic: string): Promise<Route> {
    const deadline = new Deadline(this.#timeoutMs);
    const failures: unknown[] = [];
    try {
      // Those that have failed come last.
      for (const server of this.#nameServers.toSorted((a, b) => a.restUntil - b.restUntil)) {
        const hasAnswer = failures.some((failure) => failure instanceof BrokerAnswerError);
        if (hasAnswer && server.restUntil > performance.now()) continue;
        try {
          return this.#learn(topic, await this.#fetchFrom(server, topic, deadline));
        } catch (failure) {
          failures.push(failure);
        }
      }
    } finally {
      deadline.end();
    }
    throw failures.find((failure) => failure instanceof BrokerAnswerError) ?? failures[0];
  }

  async #fetchFrom(server: Connection, topic: string, deadline: Deadline): Promise<Route> {
    const fields = new Map([["topic", topic], ["acceptStandardJsonOnly", "true"]]);
    const request = { code: RequestCode.GET_ROUTEINFO_BY_TOPIC, fields };
    const { code, remark, body } = await this.#ask(server, request, deadline);
    if (code === ResponseCode.SUCCESS) return parseRoute(body);
    const action = `find the brokers of topic ${JSON.stringify(topic)}`;
    throw new BrokerAnswerError(action, server.address, code, remark);
  }

  /** Keeps the addresses that a name server does not tell now: the broker may come back there. */
  #learn(topic: string, fetched: Route): Route {
    const before = this.#known.get(topic)?.route ?? new Map();
    const route = new Map(before);
    for (const [name, address] of fetched) route.set(name, address ?? before.get(name));
    const freshUntil = performance.now() + this.#freshMs;
    this.#known.set(topic, { route, freshUntil, isSuspect: false });
    return route;
  }
}

function isUnknownTopic(error: unknown): boolean {
  return error instanceof BrokerAnswerError && error.code === ResponseCode.TOPIC_NOT_EXIST;
}
