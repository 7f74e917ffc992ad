import { quote } from "../../core/table/message_queue.ts";

/**
 * The lock of a store that is opened with `exclusive: true` belongs to another process.
 *
 * - `held`: the other process had it first. Give each process its own client id, by an instance name of
 *   its own, or end the other process.
 * - `lost`: this process stood still for more than five seconds, and another one has taken the store
 *   over. Nothing was overwritten. Abandon this store; open it again once the other process has ended.
 *
 * @example
 * ```ts
 * import { OffsetLockError } from "@offsetstore/rocketmq";
 *
 * const error = new OffsetLockError("offset.json.lock", "held", 4711);
 * if (error.pid !== 4711) throw error;
 * ```
 */
export class OffsetLockError extends Error {
  /** The name of the class. */
  override readonly name = "OffsetLockError";
  /** The path of the lock file. */
  readonly path: string;
  /** Whether the other process had the lock first, or has taken it over. */
  readonly state: "held" | "lost";
  /** The id of the process that holds it, as that process has told; `undefined` if it is lost. */
  readonly pid: number | undefined;

  /**
   * Makes the error.
   *
   * @param path The path of the lock file.
   * @param state Whether the other process had the lock first, or has taken it over.
   * @param pid The id of the process that holds it.
   */
  constructor(path: string, state: "held" | "lost", pid?: number) {
    super(
      state === "held"
        ? `Cannot take the lock ${
          quote(path)
        }: process ${pid} holds it for as long as its store is ` +
          "open; give each process its own client id (its own instance name), or end that process"
        : `Cannot write under the lock ${
          quote(path)
        }: it is lost, since this process stood still ` +
          "for more than five seconds and another one has taken the store over; abandon() this " +
          "store, and open it again once the other process has ended",
    );
    this.path = path;
    this.state = state;
    this.pid = pid;
  }
}
