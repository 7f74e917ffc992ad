import type { Exploration, ExploreOptions } from "./every_crash.ts";
import { explore, type Scenario as GrowingScenario } from "./explore.ts";
import { peerScenarios } from "./peer_scenarios.ts";
import { RULE_SABOTAGES } from "./rule_sabotages.ts";
import { sabotages } from "./sabotage.ts";
import { exploreRuleSabotage, exploreSabotage } from "./sabotaged_histories.ts";
import { scenarios } from "./scenarios.ts";
import { stepSabotages } from "./step_sabotages.ts";
import { exploreStory } from "./story/explore_story.ts";
import type { Tag } from "./story/situation.ts";

/** The subjects: the store, the store with a step taken away, and other writers. */
export type Kind = "store" | "sabotage" | "peer";

/** The order for a worker: a scenario by its index, since functions cannot be sent to a thread. */
export interface Job {
  readonly kind: Kind;
  readonly index: number;
  readonly depth: number;
  readonly maxStates: number;
}

/** The findings in one scenario, with the states after an event of each kind. */
export type Found = Exploration & { readonly tags?: ReadonlyMap<Tag, number> };

/** The message of a worker: its progress or its result. */
export type Answer =
  | { readonly states: number }
  | { readonly found: Found };

/** Something to explore, how deep it is asked to. */
export interface Task {
  readonly name: string;
  readonly explore: (depth: number, options: ExploreOptions) => Promise<Found>;
}

/** The explorations of a kind. Only the store is crashed during its recovery, too. */
export function tasksOf(kind: Kind): Task[] {
  switch (kind) {
    case "store":
      return scenarios().map(({ name, story }) => ({
        name,
        explore: (depth, options) => exploreStory(story, { depth, ...options }),
      }));
    case "peer":
      return peerScenarios().map(growing);
    case "sabotage":
      return [
        ...stepSabotages().map((sabotage): Task => ({
          name: sabotage.name,
          explore: (_, options) => exploreSabotage(sabotage, options),
        })),
        ...RULE_SABOTAGES.map((sabotage): Task => ({
          name: sabotage.name,
          explore: (_, options) => exploreRuleSabotage(sabotage, options),
        })),
        ...sabotages().map(growing),
      ];
  }
}

function growing(scenario: GrowingScenario): Task {
  return { name: scenario.name, explore: (_, options) => explore(scenario, options) };
}
