import { forEach, type History, persists } from "./scenarios.ts";

const LONG = `{"journal":{"compactAtBytes":600}}`;
const MERGING = `{"onConflict":"merge"}`;
const MERGING_LONG = `{"journal":{"compactAtBytes":600},"onConflict":"merge"}`;

const EACH = [["no journal", "{}"], ["a journal", LONG]] as const;
const EACH_MERGING = [["no journal", MERGING], ["a journal", MERGING_LONG]] as const;

/** Histories in which a second process of ours writes, too. */
export const SECOND_PROCESS_HISTORIES: Readonly<Record<string, History>> = {
  ...forEach(EACH.map(([name]) => name), (name) => {
    const settings = EACH.find(([each]) => each === name)![1];
    return [`a second process is refused, ${name}`, {
      disk: "main",
      steps: `A opens ${settings}
        B opens ${settings}
        ${persists("A", "0=3", "1=3")}
        B sets 0=1
        B persists
        B opens ${settings}
        ${persists("B", "0=1", "1=1")}
        A sets 2=2
        A persists`,
    }];
  }),
  ...forEach(EACH_MERGING.map(([name]) => name), (name) => {
    const settings = EACH_MERGING.find(([each]) => each === name)![1];
    return [`two processes merge, ${name}`, {
      disk: "main",
      steps: `A opens ${settings}
        B opens ${settings}
        ${persists("A", "0=3", "2=3")}
        ${persists("B", "1=4", "0=1")}
        A sets 1=2
        A persists
        A deletes 2
        ${persists("B", "0=5")}
        B closes
        A closes`,
    }];
  }),
  "two processes merge, and one has frozen a queue": {
    disk: "main",
    steps: `A opens ${MERGING}
      B opens ${MERGING}
      A freezes 0=1
      ${persists("B", "0=9")}
      A persists
      ${persists("A", "1=5")}`,
  },
  "two processes merge, and one is killed with the lock": {
    disk: "main",
    steps: `A opens ${MERGING}
      B opens ${MERGING_LONG}
      ${persists("B", "1=3")}
      A sets 0=4
      A persists, but is killed before its rename 1
      ${persists("B", "1=4", "2=2")}`,
  },
  "a process that only reads is closed after another has written": {
    disk: "main",
    steps: `A opens {}
      B opens {}
      ${persists("B", "0=3")}
      A reads 0
      A closes
      B closes`,
  },
  ...forEach(["write 1", "syncData 1"], (place) => [
    `a second process writes before a record's ${place}`,
    {
      disk: "main",
      steps: `A opens ${LONG}
        ${persists("A", "0=3")}
        B opens {}
        B sets 1=4
        A sets 0=4
        A persists; before its ${place}, B persists`,
    },
  ]),
  ...forEach(["write 1", "syncData 1"], (place) => [
    `a second process folds a journal in before a record's ${place}`,
    {
      disk: "main",
      steps: `A opens ${LONG}
        ${persists("A", "0=3", "1=3")}
        B opens {}
        B sets 1=4
        A sets 0=4
        A persists; before its ${place}, B persists
        A opens {}
        ${persists("A", "0=1")}`,
    },
  ]),
  ...forEach(["create 1", "rename 1", "unlink 2"], (place) => [
    `a second process appends before a snapshot's ${place}`,
    {
      disk: "main and backup",
      steps: `A opens ${LONG}
        ${persists("A", "0=3")}
        B opens {}
        A sets 0=4
        B sets 1=4
        B persists; before its ${place}, A persists`,
    },
  ]),
};
