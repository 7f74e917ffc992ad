import { peerScenarios } from "./peer_scenarios.ts";
import { sabotages } from "./sabotage.ts";
import type { Exploration, Scenario } from "./explore.ts";
import { scenarios } from "./scenarios.ts";

/** What is crashed: the store, the store with a step taken away, and other writers. */
export type Kind = "store" | "sabotage" | "peer";

/** A scenario to explore, by its place: functions cannot be sent to another thread. */
export interface Job {
  readonly kind: Kind;
  readonly index: number;
  readonly depth: number;
  readonly maxStates: number;
}

/** What a worker says: how far it has come, or what it has found. */
export type Answer =
  | { readonly states: number }
  | { readonly found: Exploration; readonly keys: readonly string[] };

/** The scenarios of a kind; the depth is that of the store, the others are not crashed again. */
export function scenariosOf(kind: Kind, depth: number): Scenario[] {
  if (kind === "store") return scenarios(depth);
  return kind === "sabotage" ? sabotages() : peerScenarios();
}
