/**
 * The pure core of the offset store: its rules and its text format, without any I/O.
 *
 * It runs in a browser too. `@offsetstore/rocketmq` exports all of it, and the file store.
 *
 * @example
 * ```ts
 * import { applyUpdate, OffsetTable, serialize } from "@offsetstore/rocketmq/core";
 *
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * console.log(serialize(applyUpdate(OffsetTable.empty, mq, 42n, true)));
 * ```
 *
 * @module
 */
export { applyUpdate } from "./apply_update.ts";
export { mergeMax } from "./merge_max.ts";
export { checkMessageQueue, compareMessageQueues, type MessageQueue } from "./message_queue.ts";
export { NO_OFFSET, type Offset, toOffset } from "./offset.ts";
export { OffsetFileChecksumError } from "./offset_file_checksum_error.ts";
export { OffsetFileSyntaxError } from "./offset_file_syntax_error.ts";
export { OffsetTable } from "./offset_table.ts";
export { decode, parse } from "./parse.ts";
export { type ReadType, readWithType } from "./read_with_type.ts";
export { type OffsetFileFormat, serialize } from "./serialize.ts";
