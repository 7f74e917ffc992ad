import type { Diagnostic } from "../../mod.ts";

/** What is told although nothing went wrong: it may come at any time. */
const USUAL = new Set<Diagnostic["kind"]>(["persisted", "maybe-shared"]);

/** A listener that notes what is told, but not the usual. */
export function noting(told: Diagnostic[]): (diagnostic: Diagnostic) => void {
  return (diagnostic) => void (USUAL.has(diagnostic.kind) || told.push(diagnostic));
}
