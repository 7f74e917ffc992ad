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
export { applyUpdate } from "./rules/apply_update.ts";
export { mergeMax } from "./rules/merge_max.ts";
export {
  checkMessageQueue,
  compareMessageQueues,
  type MessageQueue,
} from "./table/message_queue.ts";
export { NO_OFFSET, type Offset, toOffset } from "./table/offset.ts";
export { OffsetFileChecksumError } from "./format/offset_file_checksum_error.ts";
export { OffsetFileSyntaxError } from "./format/offset_file_syntax_error.ts";
export { OffsetTable, type OffsetTableEntry } from "./table/offset_table.ts";
export { decode, parse } from "./format/parse.ts";
export { parseAliOns } from "./format/parse_ali_ons.ts";
export { type ReadType, readWithType } from "./rules/read_with_type.ts";
export type { ConflictChoice } from "./rules/resolve_conflict.ts";
export { type OffsetFileFormat, serialize } from "./format/serialize.ts";
