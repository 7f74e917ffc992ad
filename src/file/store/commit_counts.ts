import type { StoreStatus } from "../options.ts";

type Counts = Pick<
  StoreStatus,
  "generationsWritten" | "bytesWritten" | "lastSuccess" | "lastError"
>;

/** How the commits of a store went. */
export class CommitCounts {
  #counts: Counts = {
    generationsWritten: 0,
    bytesWritten: 0,
    lastSuccess: undefined,
    lastError: undefined,
  };

  get status(): Counts {
    return this.#counts;
  }

  succeeded(bytes: number): void {
    const { generationsWritten, bytesWritten } = this.#counts;
    this.#counts = {
      generationsWritten: generationsWritten + (bytes > 0 ? 1 : 0),
      bytesWritten: bytesWritten + bytes,
      lastSuccess: Date.now(),
      lastError: undefined,
    };
  }

  failed(error: unknown): void {
    this.#counts = { ...this.#counts, lastError: error };
  }
}
