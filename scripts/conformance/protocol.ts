/** The messages between the kit and a driver; `docs/conformance.md` describes them. */
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

/** An answer that is as the protocol says: `ok`, and the members that the request asks for. */
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

/** A driver whose answers are not checked yet. */
export interface Driver {
  /** Sends a request. The answers come in the order of the requests. */
  request(request: Request): Promise<unknown>;
  /** Ends the driver at once, as SIGKILL does. */
  kill(): Promise<void>;
  /** Ends the input of the driver, and waits until the driver has ended. */
  end(): Promise<void>;
  /** The process of the driver, if it has one of its own. */
  readonly pid: number | undefined;
}

/** Starts a driver, under another program if there is a prefix. */
export type Launch = (prefix?: readonly string[]) => Promise<Driver>;
