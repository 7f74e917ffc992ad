import { type MessageQueue, quote } from "../../core/table/message_queue.ts";
import type { Offset } from "../../core/table/offset.ts";
import { BrokerAnswerError } from "../errors/broker_answer_error.ts";
import { BrokerUnreachableError } from "../errors/broker_unreachable_error.ts";
import type { Frame, Request } from "../protocol/frame.ts";
import { isIgnored, offsetIn, queryOffset, updateOffset } from "../protocol/offset_requests.ts";
import { isTransient, ResponseCode } from "../protocol/response_code.ts";
import { signRequest } from "../protocol/sign_request.ts";
import type { Settings } from "../check_options.ts";
import { Connection } from "./connection.ts";
import { type Deadline, DeadlineReached } from "./deadline.ts";
import { RouteTable } from "./route_table.ts";
import type { Session } from "./session.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

const RESET_ADVICE = "an operator has reset it, and no consumer has pulled from there yet; " +
  "remove the queue, read it again and go on from there";

/** How far a call has come. */
interface Progress {
  address: string;
  sent: boolean;
  failure: unknown;
}

/** Asks the broker of a queue, wherever it is, until it answers or the time is over. */
export class BrokerClient {
  readonly #settings: Settings;
  readonly #connections = new Map<string, Connection>();
  readonly #routes: RouteTable;
  #closed: Error | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    const nameServers = settings.nameServers.map((address) => this.#connection(address));
    this.#routes = new RouteTable(nameServers, async (server, request, deadline) => {
      const session = await server.session(deadline);
      return await session.request(this.#signed(request), this.#patience(deadline));
    }, settings.timeoutMs);
  }

  /** The offset that the broker holds of a queue; `undefined` if it says that there is none. */
  async query(mq: MessageQueue, deadline: Deadline): Promise<Offset | undefined> {
    const request = this.#signed(queryOffset(this.#settings.group, mq));
    return await this.#reach(mq, deadline, async (session) => {
      const answer = await session.request(request, this.#patience(deadline));
      if (answer.code !== ResponseCode.QUERY_NOT_FOUND) expectSuccess("read", mq, session, answer);
      return offsetIn(answer);
    });
  }

  /** Sets a queue's offset, and answers the session over which that was acknowledged. */
  async update(mq: MessageQueue, offset: Offset, deadline: Deadline): Promise<Session> {
    const request = this.#signed(updateOffset(this.#settings.group, mq, offset));
    return await this.#reach(mq, deadline, async (session) => {
      const answer = await session.request(request, this.#patience(deadline));
      expectSuccess("update", mq, session, answer);
      return session;
    });
  }

  /** Sends a queue's offset without asking for an answer. */
  async send(mq: MessageQueue, offset: Offset, deadline: Deadline): Promise<void> {
    const request = this.#signed(updateOffset(this.#settings.group, mq, offset));
    await this.#reach(mq, deadline, (session) => session.send(request));
  }

  /** Closes all connections; what is under way and what comes later fails with the error. */
  close(error: Error): void {
    this.#closed = error;
    for (const connection of this.#connections.values()) connection.close(error);
  }

  /** Sends a request to the queue's broker, again and again while that may help. */
  async #reach<T>(
    mq: MessageQueue,
    deadline: Deadline,
    ask: (session: Session) => Promise<T>,
  ): Promise<T> {
    const progress: Progress = {
      address: mq.brokerName,
      sent: false,
      failure: undefined,
    };
    try {
      for (let attempt = 0;; attempt++) {
        const result = await this.#attempt(mq, deadline, ask, progress);
        if (result !== undefined) return result.value;
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
        await deadline.sleep(pause * (1 - Math.random() / 2));
      }
    } catch (error) {
      if (!(error instanceof DeadlineReached)) throw error;
      const { address, sent, failure } = progress;
      if (failure instanceof BrokerAnswerError) throw failure;
      const last = failure instanceof BrokerUnreachableError ? `, at last ${failure.reason}` : "";
      const reason = `no success within ${this.#settings.timeoutMs} ms${last}`;
      throw new BrokerUnreachableError(address, reason, sent, failure);
    }
  }

  /** Answers nothing if another attempt may succeed. */
  async #attempt<T>(
    mq: MessageQueue,
    deadline: Deadline,
    ask: (session: Session) => Promise<T>,
    progress: Progress,
  ): Promise<{ readonly value: T } | undefined> {
    deadline.check();
    try {
      progress.address = await this.#routes.masterOf(mq, deadline);
      const session = await this.#connection(progress.address).session(deadline);
      progress.sent = true;
      // Not left before the answer or its time is over, even if the caller has left: the next
      // update of the queue must not be under way together with this one.
      return { value: await ask(session) };
    } catch (failure) {
      if (!mayPass(failure)) throw failure;
      progress.failure = failure;
      this.#routes.suspect(mq.topic);
      return undefined;
    }
  }

  #patience(deadline: Deadline): number {
    return Math.min(this.#settings.requestTimeoutMs, deadline.remainingMs);
  }

  #connection(address: string): Connection {
    let connection = this.#connections.get(address);
    if (connection === undefined) {
      connection = new Connection(address, this.#settings);
      if (this.#closed !== undefined) connection.close(this.#closed);
      this.#connections.set(address, connection);
    }
    return connection;
  }

  #signed(request: Request): Request {
    const { credentials } = this.#settings;
    return credentials === undefined ? request : signRequest(request, credentials);
  }
}

function mayPass(failure: unknown): boolean {
  if (failure instanceof BrokerAnswerError) return isTransient(failure.code);
  return failure instanceof BrokerUnreachableError;
}

function expectSuccess(verb: string, mq: MessageQueue, session: Session, answer: Frame): void {
  const { code, remark } = answer;
  const isReset = isIgnored(answer);
  if (code === ResponseCode.SUCCESS && !isReset) return;
  const queue = `queue ${mq.queueId} of topic ${quote(mq.topic)} on ${quote(mq.brokerName)}`;
  const action = `${verb} the offset of ${queue}`;
  const error = new BrokerAnswerError(
    ...[action, session.address, code, remark] as const,
    ...isReset ? [RESET_ADVICE] : [],
  );
  if (code === ResponseCode.GO_AWAY) session.close(error);
  throw error;
}
