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
  for (let size = Math.ceil(story.steps.length / 2); size > 0; size >>= 1) {
    for (let at = 0; at + size <= story.steps.length;) {
      const shorter = { ...story, steps: story.steps.toSpliced(at, size) };
      if (await isStill(shorter)) story = shorter;
      else at++;
    }
  }
  for (const simpler of simplerStories(story)) {
    // What is simpler may let steps go that had to stay.
    if (await isStill(simpler)) return await shorten(simpler, isStill);
  }
  return story;
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
