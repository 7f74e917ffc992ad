/**
 * Makes a consumer of `ali-ons` keep its offsets in a `LocalFileOffsetStore`: through crashes, full
 * disks and power cuts, with offset 0, and without loss when it is closed.
 *
 * This module downloads nothing: pass it the `Consumer` class of your own `ali-ons`, version 3.
 *
 * In Deno it needs `--allow-read` and `--allow-write` for the root directory, and
 * `--allow-sys=homedir` unless `root` and `importFrom` are given.
 *
 * @example
 * ```ts ignore
 * import { Consumer } from "ali-ons";
 * import { withLocalOffsets } from "@offsetstore/rocketmq/ali-ons";
 *
 * const DurableConsumer = withLocalOffsets(Consumer, { persistEachMessage: true });
 * const consumer = new DurableConsumer({
 *   nameSrv: "127.0.0.1:9876",
 *   httpclient: {},
 *   consumerGroup: "audit",
 *   isBroadcast: true,
 *   instanceName: "audit-1",
 * });
 * consumer.subscribe("orders", "*", async (message) => console.log(message.body.toString()));
 * ```
 *
 * @module
 */
export type { AliOnsConsumer, AliOnsConsumerClass, AliOnsQueue } from "./consumer.ts";
export { LocalOffsetsError } from "./local_offsets_error.ts";
export type { LocalOffsetsOptions } from "./options.ts";
export { withLocalOffsets } from "./with_local_offsets.ts";
