import type { Diagnostic } from "../../mod.ts";

/** The diagnostics that report no failure: they may come at any time. */
const USUAL = new Set<Diagnostic["kind"]>(["persisted", "maybe-shared"]);

/** A listener that notes diagnostics, but not the usual ones. */
export function noting(told: Diagnostic[]): (diagnostic: Diagnostic) => void {
  return (diagnostic) => void (USUAL.has(diagnostic.kind) || told.push(diagnostic));
}
