import { OffsetConflictError } from "../file/errors/offset_conflict_error.ts";
import { OffsetLockError } from "../file/errors/offset_lock_error.ts";
import { OffsetPersistError } from "../file/errors/offset_persist_error.ts";

/**
 * The offsets of a consumer could not be opened, imported, read, updated or persisted; `cause`
 * is the error of the store.
 *
 * Each failed call gets an error of its own, because `ali-ons` changes the message of the errors
 * that it passes on.
 *
 * @example
 * ```ts
 * import { LocalOffsetsError } from "@offsetstore/rocketmq/ali-ons";
 *
 * const error = new LocalOffsetsError('open the offsets of group "audit"', new Error("EACCES"));
 * if (error.message !== 'Cannot open the offsets of group "audit": EACCES') throw error;
 * ```
 */
export class LocalOffsetsError extends Error {
  /** The name of the class. */
  override readonly name = "LocalOffsetsError";

  /**
   * Makes the error.
   *
   * @param action What could not be done, such as `open the offsets of group "audit"`.
   * @param cause Why.
   * @param advice What to do next.
   */
  constructor(action: string, cause: unknown, advice: string | undefined = adviceOn(cause)) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot ${action}: ${message}` + (advice === undefined ? "" : `. ${advice}`), { cause });
  }
}

/** Whether the store belongs to somebody else by now: no later persist succeeds. */
export function isTaken(cause: unknown): boolean {
  const reason = cause instanceof OffsetPersistError ? cause.cause : cause;
  return reason instanceof OffsetConflictError || reason instanceof OffsetLockError;
}

/** Two processes with one client id are the usual reason. */
function adviceOn(cause: unknown): string | undefined {
  if (!isTaken(cause)) return undefined;
  const others = cause instanceof OffsetConflictError ? ", or an operator changed the file" : "";
  return `Another process uses the same client id and group${others}. Give each process an ` +
    '"instanceName" of its own that stays the same across restarts, then restart this process';
}
