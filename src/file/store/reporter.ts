import { messageOf } from "../errors/error_code.ts";
import type { Diagnostic } from "../options.ts";

/**
 * Reports background events to the user's listener, each failure once for each change of state.
 *
 * The same failure at every tick of a timer is one report, until something else happens there.
 */
export class Reporter {
  readonly #listener: (diagnostic: Diagnostic) => void;
  /** The last failure of each kind and path. */
  readonly #failures = new Map<string, string>();

  constructor(listener: (diagnostic: Diagnostic) => void = () => {}) {
    this.#listener = listener;
  }

  /** Reports an event; errors of the listener are ignored. */
  readonly report = (diagnostic: Diagnostic): void => {
    if ("error" in diagnostic) {
      const key = `${diagnostic.kind} ${diagnostic.path}`;
      const failure = messageOf(diagnostic.error);
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
  succeeded(): void {
    for (const key of this.#failures.keys()) {
      if (key.startsWith("persist-failed ")) this.#failures.delete(key);
    }
  }
}
