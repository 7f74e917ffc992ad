/**
 * The broker's offset store: offsets are kept by RocketMQ's brokers, for consumers in clustering
 * mode, which share the queues of a topic among many machines.
 *
 * It speaks RocketMQ's remoting protocol over `node:net` and `node:tls`, and needs nothing else.
 *
 * @example
 * ```ts
 * import { RemoteBrokerOffsetStore } from "@offsetstore/rocketmq/remote";
 *
 * const nameServers = ["127.0.0.1:9876"];
 * const store = new RemoteBrokerOffsetStore({ group: "orders-group", nameServers });
 * store.update({ topic: "orders", brokerName: "broker-a", queueId: 0 }, 42n, true);
 * await store.abandon(); // `await store.close()` would send it
 * ```
 *
 * @module
 */
export type { MessageQueue } from "../core/table/message_queue.ts";
export { NO_OFFSET, type Offset } from "../core/table/offset.ts";
export type { ReadType } from "../core/rules/read_with_type.ts";
export type { OffsetStore } from "../file/options.ts";
export { BrokerAnswerError } from "./errors/broker_answer_error.ts";
export { BrokerUnreachableError } from "./errors/broker_unreachable_error.ts";
export { type QueueFailure, RemotePersistError } from "./errors/remote_persist_error.ts";
export { RemoteStoreClosedError } from "./errors/remote_store_closed_error.ts";
export { RemotingProtocolError } from "./errors/remoting_protocol_error.ts";
export { RouteError } from "./errors/route_error.ts";
export type { CallOptions, Credentials, RemoteOptions, TlsSettings } from "./options.ts";
export { RemoteBrokerOffsetStore } from "./remote_broker_offset_store.ts";
