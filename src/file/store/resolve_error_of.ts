import { AbandonedError } from "../commit/abandoned_error.ts";
import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { OffsetPersistError } from "../errors/offset_persist_error.ts";
import { OffsetResolveError } from "../errors/offset_resolve_error.ts";
import { OffsetStoreClosedError } from "../errors/offset_store_closed_error.ts";

/** What a closed store could not do, in the words of its error. */
export const RESOLVE = "resolve a conflict about";

/** An error of `resolveConflict` as its caller sees it. */
export function resolveErrorOf(path: string, error: unknown): Error {
  if (error instanceof AbandonedError) return new OffsetStoreClosedError(RESOLVE, path);
  const isTyped = error instanceof OffsetResolveError || error instanceof OffsetLoadError;
  return isTyped ? error : new OffsetLoadError(path, error);
}

/** The error of a deletion that `resolveConflict("theirs")` has ended. */
export function endedByTheirs(path: string): OffsetPersistError {
  const cause = new Error('resolveConflict("theirs") has ended the deletion');
  return new OffsetPersistError(path, cause, "previous");
}
