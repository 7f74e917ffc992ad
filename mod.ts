/**
 * RocketMQ's local-file consumer offset store: it remembers how far each message queue has been
 * consumed, and finds that position again after a crash, a full disk or a power cut.
 *
 * The files are those of the Go and Java clients. `LocalFileOffsetStore` is the store; the pure
 * rules and the text format under it are exported too, and alone as `@offsetstore/rocketmq/core`.
 *
 * In Deno the store needs `--allow-read` and `--allow-write` for its root directory, and
 * `--allow-env` if it is to find the root by itself.
 *
 * @example
 * ```ts
 * import { LocalFileOffsetStore } from "@offsetstore/rocketmq";
 * import { mkdtemp } from "node:fs/promises";
 *
 * const root = await mkdtemp("/tmp/offsets-");
 * const store = await LocalFileOffsetStore.open({ clientId: "10.0.0.7@1", group: "orders", root });
 * store.update({ topic: "orders", brokerName: "broker-a", queueId: 0 }, 42n, true);
 * await store.persist();
 * await store.close();
 * ```
 *
 * @module
 */
export * from "./src/core/mod.ts";
export type { FileInfo } from "./src/file/fs/file_info.ts";
export type { FileSystem, WritableFile } from "./src/file/fs/file_system.ts";
export type { PathStyle } from "./src/file/path_rules.ts";
export { LocalFileOffsetStore } from "./src/file/store/local_file_offset_store.ts";
export { nodeFileSystem } from "./src/file/fs/node_file_system.ts";
export { OffsetConflictError } from "./src/file/errors/offset_conflict_error.ts";
export {
  type FileFault,
  OffsetFileCorruptError,
} from "./src/file/errors/offset_file_corrupt_error.ts";
export { OffsetLoadError } from "./src/file/errors/offset_load_error.ts";
export { OffsetLockError } from "./src/file/errors/offset_lock_error.ts";
export { OffsetPersistError } from "./src/file/errors/offset_persist_error.ts";
export { OffsetResolveError } from "./src/file/errors/offset_resolve_error.ts";
export { OffsetStoreClosedError } from "./src/file/errors/offset_store_closed_error.ts";
export type {
  Diagnostic,
  Durability,
  LoadOutcome,
  OffsetStore,
  OnConflict,
  OnCorrupt,
  OpenOptions,
  StoreStatus,
} from "./src/file/options.ts";
