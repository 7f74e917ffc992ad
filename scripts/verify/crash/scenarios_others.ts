import { forEach, type History, persists } from "./scenarios.ts";

const LONG = `{"journal":{"compactAtBytes":600}}`;
const MERGING = `{"onConflict":"merge"}`;
const MERGING_LONG = `{"journal":{"compactAtBytes":600},"onConflict":"merge"}`;

const ACTS = ["go", "java", "rewrite"] as const;
const EACH_MERGING = [["no journal", MERGING], ["a journal", MERGING_LONG]] as const;

/** Histories in which other clients write, too, which sync nothing. */
export const OTHERS_HISTORIES: Readonly<Record<string, History>> = {
  "another client wrote main last": {
    disk: "main",
    steps: `a stranger writes 0=3 1=1 (go)
      A opens {}
      ${persists("A", "0=1")}`,
  },
  "directories and main of another client, nothing synced": {
    disk: "main of Go's, nothing synced",
    steps: `A opens {}\n${persists("A", "0=1", "1=2")}`,
  },
  "directories of another client, not synced": {
    disk: "directories of others, not synced",
    steps: `A opens {}\n${persists("A", "0=1", "1=2")}`,
  },
  "another client makes the directories and main after the open, and is merged": {
    steps: `A opens ${MERGING}
      a stranger writes 0=2 (go)
      ${persists("A", "1=2", "0=1")}`,
  },
  "a read from the store meets the directories and main of another client": {
    steps: `A opens {}
      a stranger writes 0=3 1=1 (go)
      A reads 0`,
  },
  "a read from the store meets what another client wrote": {
    disk: "main",
    steps: `A opens {}
      a stranger writes 0=3 1=1 (go)
      A reads 0`,
  },
  ...forEach(
    ["syncDirectory 2", "syncDirectory 3"],
    (place) => [`a read from the store after ${place} has failed`, {
      disk: "main",
      steps: `A opens {}
        A sets 0=3
        A persists, but its ${place} fails
        A reads 0`,
    }],
  ),
  "a read from the store after the sync of a record has failed": {
    disk: "main",
    steps: `A opens ${LONG}
      ${persists("A", "0=3")}
      A sets 0=4
      A persists, but its syncData 1 fails
      A reads 0`,
  },
  ...Object.assign(
    {},
    ...ACTS.flatMap((act) => [
      {
        [`another client writes (${act}), and is refused to overwrite`]: {
          disk: "main and backup",
          steps: `A opens {}
          ${persists("A", "0=3")}
          a stranger writes 0=1 1=4 (${act})
          A sets 1=2
          A persists
          A reads 1
          A opens {}
          ${persists("A", "1=2")}`,
        },
        [`another client writes (${act}), and is merged`]: {
          disk: "main and backup",
          steps: `A opens ${MERGING_LONG}
          ${persists("A", "0=3", "1=2")}
          a stranger writes 0=1 1=4 (${act})
          A sets 2=2
          A persists
          A deletes 1`,
        },
      },
    ]),
  ),
  "another client rewrites its own file, as long as before": {
    disk: "main",
    steps: `a stranger writes 0=3 1=1 (go)
      A opens ${MERGING}
      a stranger writes 0=1 1=3 (rewrite)
      ${persists("A", "2=2")}
      a stranger writes 0=4 1=4 (rewrite)
      ${persists("A", "2=1")}`,
  },
  ...forEach(["1000", "2000"], (ms) => [
    `another client rewrites its own file, as long as before, times of ${ms} ms`,
    {
      disk: "main",
      timesMs: Number(ms),
      steps: `a stranger writes 0=3 1=1 (go)
        50 ms pass
        A opens {}
        a stranger writes 0=1 1=3 (rewrite)
        A sets 2=2
        A persists`,
    },
  ]),
  ...forEach(["1000", "2000"], (ms) => [
    `another client rewrites this store's file, as long as before, times of ${ms} ms`,
    {
      disk: "main",
      timesMs: Number(ms),
      steps: `A opens {"checksum":false}
        ${persists("A", "0=3")}
        a stranger writes 0=1 1=3 (rewrite)
        A sets 2=2
        A persists`,
    },
  ]),
  ...forEach(["1000", "2000"], (ms) => [
    `a killed process leaves a pending backup of another client's, times of ${ms} ms`,
    {
      timesMs: Number(ms),
      steps: `a stranger writes 0=3 1=1 (go)
        A opens {}
        A sets 0=2
        A persists, but is killed before its rename 2
        A opens {}
        ${persists("A", "1=2", "0=1")}`,
    },
  ]),
  ...forEach(["close 2", "link 1"], (place) => [
    `another client replaces a torn main before ${place}, without hard links`,
    {
      disk: "main torn, backup good",
      system: "no hard links",
      steps: `A opens ${MERGING}
        A sets 0=4
        A persists; before its ${place}, a stranger writes 0=5 2=2 (go)
        A opens {}
        ${persists("A", "0=1")}`,
    },
  ]),
  "another client cuts main to nothing, and is killed": {
    disk: "main and backup",
    steps: `A opens {}
      ${persists("A", "0=3")}
      a stranger writes nothing (truncate)
      A sets 0=4
      A persists
      A opens ${MERGING}
      ${persists("A", "1=2")}`,
  },
  ...forEach(EACH_MERGING.map(([name]) => name), (name) => [
    `another client cuts main to nothing, and it is written anew, ${name}`,
    {
      disk: "main and backup",
      steps: `A opens ${EACH_MERGING.find(([each]) => each === name)![1]}
        ${persists("A", "0=3", "1=3")}
        a stranger writes nothing (truncate)
        ${persists("A", "0=1")}`,
    },
  ]),
  ...forEach(
    ["create 1", "sync 1", "unlink 1", "link 1", "syncDirectory 1", "rename 1", "rename 2"],
    (place) => [`another client cuts main to nothing before ${place}`, {
      disk: "main and backup",
      steps: `A opens {}
        ${persists("A", "0=3")}
        A sets 0=4
        A persists; before its ${place}, a stranger writes nothing (truncate)`,
    }],
  ),
  ...forEach(
    ["create 1", "sync 1", "link 1"],
    (place) => [`another client writes before ${place}`, {
      disk: "main and backup",
      steps: `A opens {}
        A sets 0=4
        A persists; before its ${place}, a stranger writes 0=5 2=2 (go)`,
    }],
  ),
  "a foreign journal beside a main that becomes what the journal extends": {
    steps: `A opens ${LONG}
      ${persists("A", "0=2 1=1", "0=3")}
      A is killed
      a stranger writes 0=5 1=1 (go)
      A opens ${LONG}
      ${persists("A", "0=2", "0=4")}`,
  },
  "another client writes before a record is synced": {
    disk: "main",
    steps: `A opens ${LONG}
      ${persists("A", "0=3")}
      A sets 0=4
      A persists; before its syncData 1, a stranger writes 0=5 2=2 (go)`,
  },
};
