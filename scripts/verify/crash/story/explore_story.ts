import { everyCrash, type Exploration, type ExploreOptions } from "../every_crash.ts";
import { withClock } from "../../disk/simulated_clock.ts";
import { makeDisk, startOf } from "./disks.ts";
import { perform } from "./perform.ts";
import { crashed, type Situation, situationKey, type Tag } from "./situation.ts";
import { isRelaxed, Stage } from "./stage.ts";
import type { Settings, Step, Story } from "./story.ts";
import type { PathStyle } from "../../../../src/file/path_rules.ts";
import type { Sabotage } from "./sabotage.ts";

/** How many states came after an event of each kind. */
export type Tags = Map<Tag, number>;

/** Adds counts to others. */
export function addTags(tags: Tags, more: ReadonlyMap<Tag, number> = new Map()): void {
  for (const [tag, count] of more) tags.set(tag, (tags.get(tag) ?? 0) + count);
}

/** The findings of crashing a story in every way. */
export interface ExploredStory extends Exploration {
  readonly tags: Tags;
}

export interface ExploreStoryOptions extends Omit<ExploreOptions, "onState"> {
  /** How many crashes follow one another; 1 by default. */
  readonly depth?: number;
  /** At how many outcomes of a power cut at one moment to look; all by default. */
  readonly maxCuts?: number;
  /** How the paths are written; `"posix"` by default. */
  readonly paths?: PathStyle;
  /** The fault of the store; none by default. */
  readonly sabotage?: Sabotage;
}

/**
 * The work of each process after a crash, with every check on the way: load, load again, read from the
 * store, make a table durable that is greater in one queue, lower in another and lacks a third, and
 * load that after a power cut that takes all that is not durable. After the first crash the
 * deletion is a commit of its own, and what was written is loaded before the power cut, too.
 */
function recovery(settings: Settings, crashes: number): Step[] {
  const c = { who: "C" } as const;
  const again: Step = { do: "open", who: "D", with: settings };
  return [
    { do: "open", who: "C", with: settings },
    again,
    ...[0, 1, 2].map((queue): Step => ({ do: "read", ...c, queue })),
    { do: "set", ...c, queue: 0, offset: 9 },
    { do: "set", ...c, queue: 2, offset: 0 },
    ...crashes === 1 ? [{ do: "persist", ...c } as const] : [],
    { do: "delete", ...c, queue: 1 },
    { do: "kill", ...c },
    ...crashes === 1 ? [again] : [],
    { do: "cut", pick: 0 },
    again,
  ];
}

/** Crashes a story at every moment, and checks both invariants after each. */
export async function exploreStory(
  story: Story,
  { depth = 1, maxCuts = Infinity, paths, sabotage = {}, ...options }: ExploreStoryOptions = {},
): Promise<ExploredStory> {
  const tags: Tags = new Map();
  const work = (steps: readonly Step[]) => async (stage: Stage) => {
    const performAll = async () => {
      for (const step of steps) await perform(stage, step);
    };
    if (story.timesMs === undefined) return await performAll();
    stage.tag("coarse times");
    await withClock(() => stage.disk.clock, performAll);
  };
  // All else that a state's recovery depends on.
  const { splitRename, timesMs, system, recovery: settings } = story;
  const key = JSON.stringify([splitRename, timesMs, system, settings]);
  const most = isRelaxed(story) ? 0 : maxCuts;
  const found = await everyCrash<Situation, Stage>({
    depth,
    begin: async () => ({
      disk: await makeDisk(story.disk),
      expectation: startOf(story.disk, splitRename),
    }),
    run: (beginning, isFirst, isCrashed) =>
      new Stage(
        story,
        isFirst ? beginning : { ...beginning, expectation: crashed(beginning.expectation) },
        isCrashed,
        { paths, sabotage },
      ),
    work: work(story.steps),
    recover: (stage, crashes) => work(recovery(settings, crashes))(stage),
    keyOf: (situation) => `${key};${situationKey(situation)}`,
    powerCuts: ({ isUnsynced }) => isUnsynced ? 0 : most,
  }, {
    ...options,
    onState: (situation) => {
      addTags(tags, new Map([...situation.tags].map((tag) => [tag, 1])));
    },
  });
  return { ...found, tags };
}
