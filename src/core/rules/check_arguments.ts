import { checkMessageQueue, type MessageQueue, quote } from "../table/message_queue.ts";

/**
 * Refuses an update without `increaseOnly` (U6): if a forgotten argument counted as `false`, it
 * could move a consumer back.
 *
 * @throws {TypeError} If `increaseOnly` is not a boolean.
 */
export function checkIncreaseOnly(increaseOnly: boolean): void {
  if (typeof increaseOnly === "boolean") return;
  throw new TypeError(
    `Cannot use increaseOnly ${quote(increaseOnly)}: it is not a boolean; ` +
      "pass true to ignore an offset that is not greater, false to set it anyway",
  );
}

/**
 * Refuses a value that is not a list of queues (U6).
 *
 * @throws {TypeError} If it is not an array, or an element is not a queue.
 * @throws {RangeError} If a queue id is not an int32.
 */
export function checkQueues(mqs: readonly MessageQueue[] | undefined): void {
  if (mqs === undefined) return;
  if (!Array.isArray(mqs)) {
    throw new TypeError(
      `Cannot persist queues ${quote(mqs)}: they are not an array; ` +
        "pass an array of queues, or nothing for all",
    );
  }
  mqs.forEach(checkMessageQueue);
}
