import { join } from "node:path";
import { LocalFileOffsetStore } from "../file/store/local_file_offset_store.ts";
import { AliOnsOffsetStore } from "./ali_ons_offset_store.ts";
import type { AliOnsConsumerClass, AliOnsQueue } from "./consumer.ts";
import { importOffsets } from "./import_offsets.ts";
import { type LocalOffsetsOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { RunningHandlers } from "./running_handlers.ts";

/**
 * Extends the `Consumer` class of `ali-ons` 3: its consumers keep their offsets in a
 * `LocalFileOffsetStore` of their own client id and group.
 *
 * A new store takes over what `ali-ons` itself has kept of that client id and group. The store holds a
 * lock while it is open: a second process with the same client id and group is refused, and its `ready`
 * rejects.
 *
 * `close` lets the handlers that are running end, records their messages, and persists; it rejects
 * if that fails, and can then be called again. If somebody else has changed the file or has taken the
 * lock over, nothing is overwritten, and the second call only ends the consumer. A handler must not await it. A message that is held,
 * but not handled, comes again after the start.
 *
 * Failures in the background are `error` events of the consumer. The first in a row is reported.
 *
 * @param Consumer The class.
 * @param options Where the offsets lie, and when they are persisted.
 * @returns A class that takes the options of `Consumer`; `isBroadcast` must be `true`, and
 *   `persistent` is not looked at. Its constructor throws a `TypeError` without `isBroadcast`.
 * @throws {TypeError} If the class is not that of `ali-ons`, or an option is of the wrong type.
 * @throws {RangeError} If `drainTimeoutMs` is out of range.
 *
 * @example
 * ```ts
 * import { type AliOnsConsumerClass, withLocalOffsets } from "@offsetstore/rocketmq/ali-ons";
 *
 * // Pass it the class that `import { Consumer } from "ali-ons"` gives you.
 * const durable = (Consumer: AliOnsConsumerClass) =>
 *   withLocalOffsets(Consumer, { root: "/var/lib/audit", persistEachMessage: true });
 *
 * class Other {}
 * try {
 *   durable(Other as AliOnsConsumerClass);
 *   throw new Error("a class without an offset store is refused");
 * } catch (error) {
 *   if (!(error instanceof TypeError)) throw error;
 * }
 * ```
 */
export function withLocalOffsets<C extends AliOnsConsumerClass>(
  Consumer: C,
  options: LocalOffsetsOptions = {},
): C {
  checkClass(Consumer);
  const resolved = resolveOptions(options);

  return class extends Consumer {
    /** What `newOffsetStoreInstance` made; the constructor of `Consumer` keeps it. */
    declare readonly _offsetStore: AliOnsOffsetStore;
    readonly #handlers = new RunningHandlers();
    #closing: Promise<void> | undefined;

    // deno-lint-ignore no-explicit-any
    constructor(...args: any[]) {
      checkBroadcast(args[0]);
      super(...args);
    }

    override newOffsetStoreInstance(): AliOnsOffsetStore {
      const { clientId, consumerGroup } = this;
      return new AliOnsOffsetStore(
        `client ${JSON.stringify(clientId)}, group ${JSON.stringify(consumerGroup)}`,
        () => openStore(clientId, consumerGroup, resolved),
        resolved.persistEachMessage,
      );
    }

    override subscribe(topic: string, ...rest: unknown[]): void {
      const handler = rest.pop();
      super.subscribe(
        topic,
        ...rest,
        typeof handler === "function" ? this.#wrap(handler) : handler,
      );
    }

    /**
     * Records where a queue is begun. The client itself records nothing before a pull is answered,
     * which takes 15 seconds if the queue is empty. A kill in that time would lose what was sent.
     */
    override async computePullFromWhere(queue: AliOnsQueue): Promise<number> {
      const offset = await super.computePullFromWhere(queue);
      if (offset >= 0) this._offsetStore.updateOffset(queue, offset, true);
      return offset;
    }

    override close(): Promise<void> {
      return this.#closing ??= this.#close().catch((error) => {
        this.#closing = undefined;
        throw error;
      });
    }

    /** Begins each message when the offsets of those before it are durable. */
    // deno-lint-ignore ban-types
    #wrap(handler: Function): (...args: unknown[]) => Promise<unknown> {
      return async (...args) => {
        await this._offsetStore.lastPersist();
        return await this.#handlers.run(async () => await handler(...args));
      };
    }

    async #close(): Promise<void> {
      await this.#handlers.close(resolved.drainTimeoutMs);
      // At once, since ali-ons waits for brokers, and for those that are gone until a timeout.
      const ended = await Promise.allSettled([this._offsetStore.close(), super.close()]);
      for (const each of ended) if (each.status === "rejected") throw each.reason;
    }
  };
}

async function openStore(
  clientId: string,
  group: string,
  { store: options, importFrom }: ResolvedOptions,
): Promise<LocalFileOffsetStore> {
  const store = await LocalFileOffsetStore.open({ ...options, clientId, group, format: "go" });
  if (importFrom === false) return store;
  try {
    await importOffsets(store, join(importFrom, clientId, group, "offsets.json"));
    return store;
  } catch (error) {
    // A close that fails would keep the lock, and refuse the next start.
    await store.abandon();
    throw error;
  }
}

function checkClass(Consumer: AliOnsConsumerClass): void {
  const methods = ["newOffsetStoreInstance", "subscribe", "computePullFromWhere", "close"];
  const made: Record<string, unknown> | undefined = Consumer?.prototype;
  const missing = methods.find((method) => typeof made?.[method] !== "function");
  if (missing === undefined) return;
  throw new TypeError(
    `Cannot use class "${Consumer?.name ?? Consumer}": it has no method "${missing}"; ` +
      'pass the class "Consumer" of ali-ons 3',
  );
}

function checkBroadcast(options: { readonly isBroadcast?: unknown } | undefined): void {
  if (options?.isBroadcast) return;
  throw new TypeError(
    `Cannot keep offsets locally with isBroadcast "${String(options?.isBroadcast)}": ` +
      "without broadcasting the broker keeps them; use the class of ali-ons, or set it to true",
  );
}
