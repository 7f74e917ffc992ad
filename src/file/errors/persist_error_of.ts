import { OffsetConflictError } from "./offset_conflict_error.ts";
import { OffsetLockError } from "./offset_lock_error.ts";
import { OffsetPersistError } from "./offset_persist_error.ts";

/** Makes of any error of a commit the error that the caller gets. */
export function persistErrorOf(path: string, error: unknown): Error {
  if (TYPED.some((type) => error instanceof type)) return error as Error;
  return new OffsetPersistError(path, error, "previous");
}

const TYPED = [OffsetConflictError, OffsetLockError, OffsetPersistError];
