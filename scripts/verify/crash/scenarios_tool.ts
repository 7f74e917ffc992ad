import { forEach, type History, persists } from "./scenarios.ts";

const LONG = `{"journal":{"compactAtBytes":600}}`;
const EACH = [
  ["no journal", "{}"],
  ["a journal", LONG],
  ["merging", `{"onConflict":"merge"}`],
  ["merging, a journal", `{"journal":{"compactAtBytes":600},"onConflict":"merge"}`],
] as const;

const settingsOf = (name: string) => EACH.find(([each]) => each === name)![1];
const NAMES = EACH.map(([name]) => name);

/** Histories in which the operator's tool writes, which lowers offsets and deletes queues. */
export const TOOL_HISTORIES: Readonly<Record<string, History>> = {
  "the tool writes a store that nobody uses": {
    disk: "main and backup",
    steps: `the tool writes 0=1 1=3
      the tool writes 1=1
      A opens {}
      ${persists("A", "0=2")}`,
  },
  "the tool folds a journal in that a killed process left": {
    disk: "main",
    steps: `A opens ${LONG}
      ${persists("A", "0=3", "1=3", "0=2")}
      A is killed
      the tool writes 0=1
      A opens ${LONG}
      ${persists("A", "1=1", "0=2")}
      A is killed
      the tool writes 0=1 1=1`,
  },
  "the tool meets a foreign journal": {
    disk: "main",
    steps: `A opens ${LONG}
      ${persists("A", "0=3", "1=3")}
      A is killed
      a stranger writes 0=4 1=4 (go)
      the tool writes 0=2 1=1
      A opens {}`,
  },
  ...forEach(NAMES, (name) => [`the tool writes beside a store, ${name}`, {
    disk: "main",
    steps: `A opens ${settingsOf(name)}
      ${persists("A", "0=3", "1=3", "2=1")}
      the tool writes 0=2 1=1
      A sets 0=1
      A persists
      A opens ${settingsOf(name)}
      ${persists("A", "1=2", "0=1")}
      A deletes 1
      the tool writes 1=1`,
  }]),
  ...forEach(["create 1", "link 1", "rename 1", "write 1", "syncData 1", "unlink 1"], (place) => [
    `the tool writes before ${place} of a persist with a journal`,
    {
      disk: "main and backup",
      steps: `A opens ${LONG}
        ${persists("A", "0=3", "1=3")}
        A sets 0=1
        A persists; before its ${place}, the tool writes 0=2
        A opens ${LONG}
        ${persists("A", "1=2")}
        A deletes 1; before its ${place}, the tool writes 1=1`,
    },
  ]),
};
