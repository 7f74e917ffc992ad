/** A task that checks the store, as `deno task verify` lists it. */
export interface Check {
  /** Its name in `deno.json`. */
  readonly task: string;
  /** What it shows. */
  readonly shows: string;
  /** What it needs besides npm, and how to get it; `undefined` if nothing. */
  readonly needs?: string;
  /** How long a full run takes on two cores. */
  readonly takes: string;
  /** A shorter run: its options, and how long it takes. */
  readonly slice?: { readonly options: string; readonly takes: string };
}

/** All checks, those on a simulated disk first. */
export const CHECKS: readonly Check[] = [];
