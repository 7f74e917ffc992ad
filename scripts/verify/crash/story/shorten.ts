import fc from "fast-check";
import type { Settings, Step, Story } from "./story.ts";

/**
 * Shortens a story as far as it goes: no step of the answer can be dropped, and nothing about it made
 * simpler.
 *
 * @param isStill Whether a shorter story still shows what the story has shown.
 */
export async function shorten(
  story: Story,
  isStill: (story: Story) => Promise<boolean>,
): Promise<Story> {
  const shows = fc.asyncProperty(new OneStory(story), async (each) => !await isStill(each));
  const { counterexample } = await fc.check(shows, { numRuns: 1 });
  return counterexample?.[0] ?? story;
}

/** Generates one story, and shrinks it. */
class OneStory extends fc.Arbitrary<Story> {
  readonly #story: Story;

  constructor(story: Story) {
    super();
    this.#story = story;
  }

  generate(): fc.Value<Story> {
    return new fc.Value(this.#story, undefined);
  }

  canShrinkWithoutContext(value: unknown): value is Story {
    return value === this.#story;
  }

  shrink(story: Story): fc.Stream<fc.Value<Story>> {
    return fc.stream(shorterStories(story)).map((each) => new fc.Value(each, undefined));
  }
}

/** Without half of the steps, a quarter, and so on to one; then simpler in one place. */
function* shorterStories(story: Story): Generator<Story, void> {
  const { steps } = story;
  for (let size = Math.ceil(steps.length / 2); size > 0; size >>= 1) {
    for (let at = 0; at + size <= steps.length; at++) {
      yield { ...story, steps: steps.toSpliced(at, size) };
    }
  }
  yield* simplerStories(story);
}

function* simplerStories(story: Story): Generator<Story> {
  const { system, timesMs, ...rest } = story;
  if (story.disk !== "nothing") yield { ...story, disk: "nothing" };
  if (story.splitRename) yield { ...story, splitRename: false };
  if (system !== undefined) yield { ...rest, ...timesMs === undefined ? {} : { timesMs } };
  if (timesMs !== undefined) yield { ...rest, ...system === undefined ? {} : { system } };
  for (const recovery of simplerSettings(story.recovery)) yield { ...story, recovery };
  for (const [at, step] of story.steps.entries()) {
    for (const simpler of simplerSteps(step)) {
      yield { ...story, steps: story.steps.with(at, simpler) };
    }
  }
}

function* simplerSteps(step: Step): Generator<Step> {
  if (step.do === "freeze" || step.do === "raise") yield { ...step, do: "set" };
  if (step.do === "delete" || step.do === "close") {
    yield { do: "persist", who: step.who, ...step.but && { but: step.but } };
  }
  if (step.do === "open") {
    for (const settings of simplerSettings(step.with)) yield { ...step, with: settings };
  }
  if ("but" in step && step.but !== undefined) {
    const { but, ...commit } = step;
    yield commit as Step;
    const { what } = but;
    if (typeof what !== "object") return;
    for (const simpler of simplerSteps(what)) {
      yield { ...step, but: { ...but, what: simpler as typeof what } };
    }
  }
}

/** The settings without one of them. */
function* simplerSettings(settings: Settings): Generator<Settings> {
  const entries = Object.entries(settings);
  for (const at of entries.keys()) yield Object.fromEntries(entries.toSpliced(at, 1));
}
