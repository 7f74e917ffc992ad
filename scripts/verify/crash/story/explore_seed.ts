import { type ExploredStory, exploreStory, type ExploreStoryOptions } from "./explore_story.ts";
import { generate } from "./generate.ts";
import { kindOf } from "./report.ts";
import { shorten } from "./shorten.ts";
import type { Story } from "./story.ts";

/** How many outcomes of a power cut are looked at, at each moment. */
const MAX_CUTS = 40;

/** A shortest story that violates an invariant. */
export interface Finding {
  readonly story: Story;
  readonly violation: NonNullable<ExploredStory["first"]>;
}

/** After so many violations of a story there is nothing new in it. */
const MAX_VIOLATIONS = 10;

/** Explores the story of a seed. */
export function exploreSeed(
  seed: number,
  options: ExploreStoryOptions = {},
): Promise<ExploredStory> {
  const limits = { maxCuts: MAX_CUTS, maxViolations: MAX_VIOLATIONS };
  return exploreStory(generate(seed), { ...limits, ...options });
}

/** Finds the shortest story that violates an invariant in the way that the story of a seed does. */
export async function shortenSeed(
  seed: number,
  what: string,
  { sabotage }: Pick<ExploreStoryOptions, "sabotage"> = {},
): Promise<Finding> {
  const kind = kindOf(what);
  const violationOf = async (story: Story) => {
    const { first } = await exploreStory(story, { maxCuts: MAX_CUTS, maxViolations: 1, sabotage });
    return first !== undefined && kindOf(first.what) === kind ? first : undefined;
  };
  const isStill = async (story: Story) => await violationOf(story) !== undefined;
  const story = await shorten(generate(seed), isStill);
  const violation = await violationOf(story);
  if (violation === undefined) throw new Error(`the story of seed ${seed} is not the same twice`);
  return { story, violation };
}
