/** The messages between the kit and a driver; `tests/conformance/PROTOCOL.md` describes them. */
import type { MessageQueue, ReadType } from "../../src/core/mod.ts";

export type Request =
  | { readonly op: "hello" }
  | {
    readonly op: "open";
    readonly root: string;
    readonly clientId: string;
    readonly group: string;
  }
  | {
    readonly op: "update";
    readonly mq: MessageQueue;
    readonly offset: string;
    readonly increaseOnly: boolean;
  }
  | { readonly op: "freeze"; readonly mq: MessageQueue; readonly offset: string }
  | { readonly op: "read"; readonly mq: MessageQueue; readonly type: ReadType }
  | { readonly op: "persist"; readonly mqs?: readonly MessageQueue[] }
  | { readonly op: "remove"; readonly mq: MessageQueue }
  | { readonly op: "offsets"; readonly topic: string }
  | { readonly op: "close" };

/** What a driver answers: `ok`, and what the request asks for. */
export interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly message?: string;
  readonly path?: string;
  readonly outcome?: string;
  readonly offset?: string;
  readonly offsets?: readonly { readonly mq: MessageQueue; readonly offset: string }[];
  readonly name?: string;
  readonly version?: string;
  readonly profile?: string;
  readonly format?: string;
}

/** A client that is held against the specification. */
export interface Driver {
  /** Sends a request; the answers come in the order of the requests. */
  request(request: Request): Promise<Answer>;
  /** Ends it at once, as SIGKILL does. */
  kill(): Promise<void>;
  /** Ends its input, and waits until it has ended. */
  end(): Promise<void>;
  /** Its process, if it has one of its own. */
  readonly pid: number | undefined;
}

/** Starts a driver, perhaps under another program. */
export type Launch = (prefix?: readonly string[]) => Promise<Driver>;
