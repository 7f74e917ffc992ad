/** Steps as lines of text, which stories are printed and written in. */
import type { Interruption, Settings, Step, StrangerAct, Who } from "./story.ts";
import { parseTable, textOf } from "./table.ts";

/** A step as a sentence, which `parseStep` reads. */
export function describe(step: Step): string {
  switch (step.do) {
    case "open":
      return `${step.who} opens ${JSON.stringify(step.with)}`;
    case "set":
    case "raise":
    case "freeze":
      return `${step.who} ${step.do}s ${step.queue}=${step.offset}`;
    case "remove":
    case "read":
      return `${step.who} ${step.do}s ${step.queue}`;
    case "persist":
    case "close":
      return `${step.who} ${step.do}s${describeInterruption(step.but)}`;
    case "delete":
      return `${step.who} deletes ${step.queue}${describeInterruption(step.but)}`;
    case "kill":
      return `${step.who} is killed`;
    case "cut":
      return `the power is cut (${step.pick})`;
    case "stranger":
      return `a stranger writes ${textOf(step.table)} (${step.act})`;
    case "tool":
      return `the tool writes ${textOf(step.table)}`;
    case "wait":
      return `${step.ms} ms pass`;
  }
}

function describeInterruption(interruption: Interruption | undefined): string {
  if (interruption === undefined) return "";
  const { call, nth, what } = interruption;
  switch (what) {
    case "fails":
      return `, but its ${call} ${nth} fails`;
    case "fails late":
      return `, but its ${call} ${nth} fails late`;
    case "kill":
      return `, but is killed before its ${call} ${nth}`;
    default:
      return `; before its ${call} ${nth}, ${describe(what)}`;
  }
}

/** The steps of a text, one a line; empty lines count for nothing. */
export function parseSteps(text: string): Step[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "").map(parseStep);
}

type Read = (match: RegExpMatchArray) => Step;

const SENTENCES: readonly (readonly [RegExp, Read])[] = [
  [/^([A-D]) opens (\{.*\})$/, ([, who, settings]) => ({
    ...{ do: "open", who: who as Who },
    with: JSON.parse(settings) as Settings,
  })],
  [/^([A-D]) (set|raise|freeze)s (\d+)=(\d+)$/, ([, who, what, queue, offset]) => ({
    ...{ do: what as "set", who: who as Who, queue: Number(queue), offset: Number(offset) },
  })],
  [/^([A-D]) (remove|read)s (\d+)$/, ([, who, what, queue]) => ({
    ...{ do: what as "remove", who: who as Who, queue: Number(queue) },
  })],
  [/^([A-D]) (persist|close)s(.*)$/, ([, who, what, rest]) => ({
    ...{ do: what as "persist", who: who as Who, ...parseInterruption(rest) },
  })],
  [/^([A-D]) deletes (\d+)(.*)$/, ([, who, queue, rest]) => ({
    ...{ do: "delete", who: who as Who, queue: Number(queue), ...parseInterruption(rest) },
  })],
  [/^([A-D]) is killed$/, ([, who]) => ({ do: "kill", who: who as Who })],
  [/^the power is cut \((\d+)\)$/, ([, pick]) => ({ do: "cut", pick: Number(pick) })],
  [/^a stranger writes (.*) \((\w+)\)$/, ([, table, act]) => ({
    ...{ do: "stranger", act: act as StrangerAct, table: parseTable(table) },
  })],
  [/^the tool writes (.*)$/, ([, table]) => ({ do: "tool", table: parseTable(table) })],
  [/^(\d+) ms pass$/, ([, ms]) => ({ do: "wait", ms: Number(ms) })],
];

/** Reads a sentence of `describe`. */
export function parseStep(line: string): Step {
  for (const [pattern, read] of SENTENCES) {
    const match = line.match(pattern);
    if (match !== null) return read(match);
  }
  throw new SyntaxError(`Cannot read the step ${JSON.stringify(line)}: no sentence is like it`);
}

function parseInterruption(rest: string): { readonly but?: Interruption } {
  if (rest === "") return {};
  const [, killed, call, nth, what] = rest.match(
    /^(?:, but (is killed before )?its|; before its) (\w+) (\d+),? ?(.*)$/,
  ) ?? [];
  if (call === undefined) {
    throw new SyntaxError(`Cannot read the interruption ${JSON.stringify(rest)}`);
  }
  const place = { call, nth: Number(nth) };
  if (killed !== undefined) return { but: { ...place, what: "kill" } };
  if (what === "fails" || what === "fails late") return { but: { ...place, what } };
  return { but: { ...place, what: parseStep(what) as Extract<Interruption["what"], object> } };
}
