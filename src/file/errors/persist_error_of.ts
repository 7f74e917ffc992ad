import { OffsetConflictError } from "./offset_conflict_error.ts";
import { OffsetPersistError } from "./offset_persist_error.ts";

/** Makes of any error of a commit the error that the caller gets. */
export function persistErrorOf(path: string, error: unknown): Error {
  if (error instanceof OffsetConflictError || error instanceof OffsetPersistError) return error;
  return new OffsetPersistError(path, error, "previous");
}
