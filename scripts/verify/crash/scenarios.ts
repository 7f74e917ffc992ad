import type { DiskName } from "./story/disks.ts";
import type { Settings, Step, Story, System } from "./story/story.ts";
import { parseSteps } from "./story/story_text.ts";
import { parseTable } from "./story/table.ts";
import { JOURNAL_HISTORIES } from "./scenarios_journal.ts";
import { OTHERS_HISTORIES } from "./scenarios_others.ts";
import { SECOND_PROCESS_HISTORIES } from "./scenarios_second_process.ts";
import { TOOL_HISTORIES } from "./scenarios_tool.ts";

/** A history that is written down, and crashed in every way. */
export interface History {
  /** Lines as `describe` tells them. */
  readonly steps: string;
  readonly disk?: DiskName;
  readonly system?: System;
  readonly timesMs?: number;
  /** The settings of processes after a crash; those of the first process if absent. */
  readonly recovery?: Settings;
}

/** A story with a name, for a test. */
export interface Scenario {
  readonly name: string;
  readonly story: Story;
}

/** Lines that have a process persist tables, one after the other, each over the one before. */
export function persists(who: string, ...tables: readonly string[]): string {
  return tables.flatMap((table) => [
    ...[...parseTable(table)].map(([queue, offset]) => `${who} sets ${queue}=${offset}`),
    `${who} persists`,
  ]).join("\n");
}

/** Two tables, of which each is lower than the other somewhere. */
const TWICE = persists("A", "0=2 1=1", "0=1 1=3");

const OPEN = "A opens {}";

/** One commit fails, the next one must not. */
const throughFailure = (place: string) =>
  `${OPEN}
   A sets 0=3
   A persists, but its ${place} fails
   A sets 1=4
   A persists`;

const HISTORIES: Readonly<Record<string, History>> = {
  "the first persist": { steps: `${OPEN}\n${TWICE}` },
  "persists of tables of five blocks": {
    disk: "main",
    steps: `${OPEN}\n${persists("A", "0=1 1=2 2=3 3=4", "0=4 1=3 2=2 3=1")}`,
  },
  "main of another user": {
    disk: "main of another user",
    steps: `${OPEN}\n${TWICE}
      A deletes 1
      A closes`,
  },
  "a table grows, shrinks and returns": {
    disk: "main",
    steps: `${OPEN}
      ${persists("A", "2=5", "0=1")}
      A deletes 2
      A sets 0=2
      A persists
      A deletes 1
      A deletes 0
      ${persists("A", "0=2 1=1")}
      A closes`,
  },
  "removal, freezing, and reads from the store": {
    disk: "main and backup",
    steps: `${OPEN}
      A removes 0
      A sets 1=3
      A persists
      A reads 0
      A freezes 0=1
      A sets 0=7
      A persists
      A removes 0
      A raises 1=2
      A deletes 1
      A closes`,
  },
  "close and open, kill and open, a power cut and open": {
    steps: `${OPEN}\n${persists("A", "0=2 1=2")}
      A sets 0=1
      A closes
      ${OPEN}\n${persists("A", "1=1")}
      A is killed
      ${OPEN}
      A sets 2=2
      A persists, but is killed before its rename 1
      ${OPEN}
      A deletes 1
      the power is cut (7)
      ${OPEN}\n${persists("A", "0=1")}`,
  },
  ...forEach(
    [
      "main torn, backup good",
      "main empty, backup good",
      "main missing, backup good",
      "main missing, Go's temporary file complete",
      "main good, temporary files of Go and of ours",
    ],
    (disk) => [disk, { disk, steps: `${OPEN}\n${TWICE}` }],
  ),
  "nothing is usable, and is reset": {
    disk: "nothing is usable",
    steps: `A opens {"onCorrupt":"reset"}\n${TWICE}`,
  },
  "Java's form": { steps: `A opens {"format":"java"}\n${TWICE}` },
  "no checksum": { steps: `A opens {"checksum":false}\n${TWICE}` },
  "relaxed durability, processes are killed": {
    steps: `A opens {"durability":"relaxed"}\n${TWICE}
      A deletes 1
      A closes`,
  },
  ...forEach(["short writes", "no hard links"], (system) => [
    system,
    { system, steps: `${OPEN}\n${TWICE}\nA deletes 0` },
  ]),
  ...forEach(
    ["sync 1", "syncDirectory 1", "syncDirectory 2", "write 1", "link 1", "rename 1"],
    (place) => [`${place} fails`, { disk: "main", steps: throughFailure(place) }],
  ),
  ...forEach(
    ["makeDirectory 2", "syncDirectory 1", "syncDirectory 2"],
    (place) => [`${place} of the first persist fails`, { steps: throughFailure(place) }],
  ),
};

/** An entry for each of some names. */
export function forEach<T extends string>(
  names: readonly T[],
  entry: (name: T) => readonly [string, History],
): Record<string, History> {
  return Object.fromEntries(names.map(entry));
}

const ALL = {
  ...HISTORIES,
  ...JOURNAL_HISTORIES,
  ...OTHERS_HISTORIES,
  ...SECOND_PROCESS_HISTORIES,
  ...TOOL_HISTORIES,
};

/** All histories, each with an atomic rename and with one that falls apart. */
export function scenarios(): Scenario[] {
  return Object.entries(ALL).flatMap(([name, history]) => {
    const { disk = "nothing", steps: text, recovery, ...rest } = history;
    const steps = parseSteps(text);
    const story = { disk, steps, recovery: recovery ?? settingsOf(steps[0]), ...rest };
    return [
      { name, story: { ...story, splitRename: false } },
      { name: `${name}, rename not atomic`, story: { ...story, splitRename: true } },
    ];
  });
}

function settingsOf(step: Step): Settings {
  return step.do === "open" ? step.with : {};
}
