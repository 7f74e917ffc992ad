import type { Written } from "../commit/written.ts";
import { messageOf } from "../errors/error_code.ts";
import type { Diagnostic } from "../options.ts";
import { warn } from "./warn.ts";

/**
 * Reports background events to the user's listener, each failure once for each change of state (C5).
 *
 * The same failure at every tick of a timer is one report, until something else happens there or it
 * goes well. Without a listener, a failure is a warning of the process.
 */
export class Reporter {
  readonly #listener: (diagnostic: Diagnostic) => void;
  /** The last failure of each kind and path. */
  readonly #failures = new Map<string, string>();
  /** Those of a cleanup that have happened since a snapshot was last written. */
  readonly #recent = new Set<string>();

  /** Whether somebody wants to hear of what goes well, too. */
  readonly hasListener: boolean;

  constructor(listener?: (diagnostic: Diagnostic) => void) {
    this.hasListener = listener !== undefined;
    this.#listener = listener ?? warn;
  }

  /** Reports an event; errors of the listener are ignored. */
  readonly report = (diagnostic: Diagnostic): void => {
    if ("error" in diagnostic) {
      const key = `${diagnostic.kind} ${diagnostic.path}`;
      const failure = messageOf(diagnostic.error);
      this.#recent.add(key);
      if (this.#failures.get(key) === failure) return;
      this.#failures.set(key, failure);
    }
    try {
      this.#listener(diagnostic);
    } catch {
      // A fault of the listener must not fail the store.
    }
  };

  /** A persist has succeeded: its next failure is news. */
  succeeded(as: Written["as"]): void {
    if (this.#failures.size === 0) return;
    for (const key of this.#failures.keys()) {
      if (key.startsWith("persist-failed ")) this.#failures.delete(key);
      // Only a snapshot clears up: a cleanup that it did not report has succeeded.
      const isCleanup = as === "snapshot" && key.startsWith("cleanup-failed ");
      if (isCleanup && !this.#recent.has(key)) this.#failures.delete(key);
    }
    if (as === "snapshot") this.#recent.clear();
  }
}
