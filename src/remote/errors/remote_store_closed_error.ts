import { quote } from "../../core/table/message_queue.ts";

/**
 * The store was closed or abandoned, and was used again or still in use.
 *
 * @example
 * ```ts
 * import { RemoteStoreClosedError } from "@offsetstore/rocketmq/remote";
 *
 * const error = new RemoteStoreClosedError("update", "orders-group");
 * if (error.group !== "orders-group") throw error;
 * ```
 */
export class RemoteStoreClosedError extends Error {
  /** The name of the class. */
  override readonly name = "RemoteStoreClosedError";
  /** The consumer group of the store. */
  readonly group: string;

  /**
   * Makes the error.
   *
   * @param action The refused call, such as `"update"`.
   * @param group The consumer group of the store.
   */
  constructor(action: string, group: string) {
    super(`Cannot ${action} offsets of group ${quote(group)}: the store is closed`);
    this.group = group;
  }
}
