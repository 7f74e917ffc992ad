import type { Violation } from "../every_crash.ts";
import type { Story } from "./story.ts";
import { describe } from "./story_text.ts";

/** The crash, but not one that the story itself tells. */
const CRASH = /^-- the (power is cut|process is killed)$/;

/** How many lines a report has before the crash, and after it. */
const BEFORE = 24;
const AFTER = 40;

/** A story and what it has shown, in lines to read. */
export function report(story: Story, { what, story: calls }: Violation): string[] {
  const { disk, system, splitRename, timesMs, recovery } = story;
  const crash = calls.findLastIndex((line) => CRASH.test(line));
  const begin = Math.max(0, (crash === -1 ? calls.length : crash) - BEFORE);
  const end = crash === -1 ? calls.length : crash + AFTER;
  return [
    what,
    "",
    `  on a disk with ${disk}${system === undefined ? "" : `, ${system}`}` +
    `${splitRename ? ", rename not atomic" : ""}` +
    `${timesMs === undefined ? "" : `, times of ${timesMs} ms`}` +
    `; recovery with ${JSON.stringify(recovery)}`,
    ...story.steps.map((step) => `    ${describe(step)}`),
    "",
    `  ${crash === -1 ? "the last calls" : "the crash"}:`,
    ...calls.slice(begin, end).map((line) => `    ${line}`),
  ];
}

/** Equal for violations of one kind: what it says, but for the tables, the numbers and the paths. */
export function kindOf(what: string): string {
  return what.replace(/\b\d+=\d+( \d+=\d+)*|\bnothing(?= (was|begun|or))/g, "T")
    .replace(/(T or )+T/g, "T").replace(/\d+/g, "N");
}
