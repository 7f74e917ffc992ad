import type { Exploration, ExploreOptions } from "./every_crash.ts";
import type { RuleSabotage } from "./rule_sabotages.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import type { NamedSabotage } from "./step_sabotages.ts";
import { exploreStory } from "./story/explore_story.ts";

/**
 * The histories that a protocol with a wrong step is run over, those that show most first: they have
 * what the steps protect.
 */
const TELLING = [
  "the first persist",
  "the first persist, rename not atomic",
  "main of another user",
  "a close folds a journal into the snapshot of before",
  "a deletion folds a journal into the snapshot of before",
  "a journal that outgrows its snapshot",
  "a foreign journal beside a main that becomes what the journal extends",
  "a foreign journal beside a main that becomes what the journal extends, rename not atomic",
  "another client cuts main to nothing before link 1",
  "another client cuts main to nothing before syncDirectory 1",
  "another client cuts main to nothing before rename 1",
  "another client cuts main to nothing before rename 2",
  "another client writes before create 1",
  "another client writes before sync 1",
  "another client writes before link 1",
  "main torn, backup good",
  "main missing, backup good",
  "another client replaces a torn main before close 2, without hard links",
  "another client rewrites this store's file, as long as before, times of 2000 ms",
  "another client writes (rewrite), and is refused to overwrite",
  "another client writes (rewrite), and is merged",
  "a second process folds a journal in before a record's write 1",
  "a second process appends before a snapshot's create 1",
  "a second process appends before a snapshot's rename 1",
  "a second process appends before a snapshot's unlink 2",
  "the tool meets a foreign journal",
  "syncDirectory 2 fails",
  "rename 1 fails",
  "a table grows, shrinks and returns, rename not atomic",
  "two processes merge, a journal",
] as const;

/** For sabotages that few histories show, or only at few moments: one of these histories. */
const SHOWN_BY: Readonly<Record<string, typeof TELLING[number]>> = {
  'without "keep main"': "the first persist, rename not atomic",
  'without "sync the directory before the rename"':
    "a table grows, shrinks and returns, rename not atomic",
  'without "move a foreign journal aside"':
    "a foreign journal beside a main that becomes what the journal extends",
  'without "sync the directory after the move"':
    "a foreign journal beside a main that becomes what the journal extends",
  'without "look before the rename"': "another client cuts main to nothing before syncDirectory 1",
  '"sync the directory before the rename" before "keep main"':
    "a table grows, shrinks and returns, rename not atomic",
  '"sync the directory after the move" before "move a foreign journal aside"':
    "a foreign journal beside a main that becomes what the journal extends",
  '"rename the pending backup to the backup" before "sync the directory after the rename"':
    "the first persist, rename not atomic",
};

/** The scenario of a name. */
export function scenarioOf(name: string): Scenario {
  const scenario = scenarios().find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario "${name}"`);
  return scenario;
}

/**
 * Runs a sabotaged store over histories until one of them shows it: first over the one that is known
 * to, then at few moments of each, which is mostly enough, and then over all.
 */
export async function exploreSabotage(
  sabotage: NamedSabotage,
  { maxCuts, ...options }: ExploreOptions & { readonly maxCuts?: number } = {},
): Promise<Exploration> {
  const found: Exploration = { states: 0, violations: 0, first: undefined };
  const known = SHOWN_BY[sabotage.name];
  const attempts = [
    ...known === undefined ? [] : [{ name: known, oneOutOf: 1 }],
    ...[8, 1].flatMap((oneOutOf) => TELLING.map((name) => ({ name, oneOutOf }))),
  ];
  for (const { name, oneOutOf } of attempts) {
    const { states, violations, first } = await exploreStory(scenarioOf(name).story, {
      ...{ ...options, oneOutOf, sabotage, maxCuts, maxViolations: 1 },
    });
    found.states += states;
    if (violations > 0) return { ...found, violations, first };
  }
  return found;
}

/** Runs a store without a rule over its history; only the violation counts that must come of it. */
export async function exploreRuleSabotage(
  { scenario, violation, ...sabotage }: RuleSabotage,
  options: ExploreOptions = {},
): Promise<Exploration> {
  const found: Exploration = { states: 0, violations: 0, first: undefined };
  const { states } = await exploreStory(scenarioOf(scenario).story, {
    ...options,
    sabotage,
    onViolation(each) {
      if (!violation.test(each.what)) return;
      found.violations++;
      found.first ??= each;
    },
  });
  return { ...found, states };
}
