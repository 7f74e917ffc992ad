import { OffsetConflictError } from "../errors/offset_conflict_error.ts";
import { isSameFile, isYoung } from "../fs/file_info.ts";
import type { Observation } from "../recovery/store_view.ts";

type Memo =
  | { readonly is: "none" }
  | { readonly is: "conflict"; readonly seen: Observation; readonly error: OffsetConflictError };

/** Remembers a conflict, so that a timer does not read the same foreign files at every tick. */
export class ConflictMemo {
  #memo: Memo = { is: "none" };

  /** Throws the conflict again if the files are those in which it was found. */
  check({ main, journal }: Observation): void {
    const memo = this.#memo;
    if (memo.is === "none") return;
    const { seen, error } = memo;
    if (isSameFile(main, seen.main) && isSameFile(journal, seen.journal)) throw error;
  }

  /** Remembers a conflict, unless the next change of the files might not show. */
  remember(seen: Observation, error: unknown, now: number): void {
    const isSettled = [seen.main, seen.journal].every((info) =>
      info === undefined || !isYoung(info, now)
    );
    const isConflict = error instanceof OffsetConflictError;
    this.#memo = isConflict && isSettled ? { is: "conflict", seen, error } : { is: "none" };
  }

  /** Forgets the conflict: it was resolved. */
  forget(): void {
    this.#memo = { is: "none" };
  }
}
