import { forEach, type History, persists } from "./scenarios.ts";

/** It never outgrows the snapshot here, or with every second record. */
const LONG = `A opens {"journal":{"compactAtBytes":600}}`;
const SHORT = `A opens {"journal":{"compactAtBytes":0}}`;

const throughFailure = (place: string) =>
  `${LONG}
   A sets 0=3
   A persists, but its ${place} fails
   A sets 1=4
   A persists
   A sets 0=4
   A persists`;

/** Clause J5: all promises also hold with a journal. */
export const JOURNAL_HISTORIES: Readonly<Record<string, History>> = {
  "a journal, from the first persist": {
    steps: `${LONG}\n${persists("A", "0=1 1=1", "0=2", "1=2", "0=3 1=3")}`,
  },
  "a journal that outgrows its snapshot": {
    steps: `${SHORT}\n${persists("A", "0=1 1=1", "0=2", "1=2", "0=3", "1=3", "0=4")}
      A closes`,
  },
  "a journal on a plain file, and a clean close": {
    disk: "main",
    steps: `${LONG}\n${persists("A", "0=3", "1=4")}
      A closes`,
  },
  "a journal that lowers, and ends in a table of before": {
    disk: "main",
    steps: `${LONG}\n${persists("A", "0=3", "1=4", "0=2 1=1", "0=3")}
      A sets 0=2
      A closes`,
  },
  "a journal that outgrows its snapshot in a table of before": {
    disk: "main",
    steps: `${SHORT}\n${persists("A", "0=3", "0=2", "0=3", "0=2")}`,
  },
  "a close folds a journal into the snapshot of before": {
    disk: "main",
    steps: `${LONG}\n${persists("A", "0=3", "0=4")}
      A sets 0=3
      A closes`,
  },
  "a deletion folds a journal into the snapshot of before": {
    disk: "main",
    steps: `${LONG}\n${persists("A", "0=3", "2=5")}
      A deletes 2
      ${persists("A", "0=4")}`,
  },
  "a journal, and a queue is deleted": {
    disk: "main",
    steps: `${LONG}\n${persists("A", "2=5")}
      A deletes 2
      ${persists("A", "0=1", "1=5")}
      A deletes 1`,
  },
  "a journal that a killed process left, and one that goes on with a journal": {
    steps: `${LONG}\n${persists("A", "0=1 1=1", "0=2", "1=2")}
      A is killed
      ${LONG}\n${persists("A", "0=1", "1=1")}`,
  },
  "a journal that a killed process left, and one that has no use for it": {
    steps: `${LONG}\n${persists("A", "0=1 1=1", "0=2", "1=2")}
      A is killed
      A opens {}
      A sets 0=1
      A sets 1=1
      A persists
      A closes`,
  },
  "a journal that a killed process left, and one that deletes": {
    steps: `${LONG}\n${persists("A", "0=1 1=1", "2=2")}
      A is killed
      A opens {}
      A deletes 2`,
  },
  ...forEach(["rename 1", "unlink 1", "unlink 2"], (place) => [
    `a journal whose process is killed in a compaction, before ${place}`,
    {
      disk: "main and backup",
      steps: `${SHORT}\n${persists("A", "0=3")}
        A deletes 1, but is killed before its ${place}
        ${SHORT}\n${persists("A", "1=2")}
        A deletes 1, but is killed before its ${place}
        ${LONG}\n${persists("A", "0=2", "0=1")}
        A closes`,
    },
  ]),
  "a journal in Java's form, without checksum": {
    steps: `A opens {"journal":{"compactAtBytes":600},"format":"java","checksum":false}
      ${persists("A", "0=1 1=1", "0=2", "1=2")}
      A closes`,
  },
  "a journal, relaxed durability, processes are killed": {
    steps: `A opens {"journal":{"compactAtBytes":0},"durability":"relaxed"}
      ${persists("A", "0=1 1=1", "0=2", "1=2", "0=1", "1=1")}
      A closes`,
  },
  "a journal whose writes are short": {
    system: "short writes",
    steps: `${LONG}\n${persists("A", "0=1 1=1", "0=2", "1=2")}`,
  },
  "a journal that cannot be removed": {
    system: "journal cannot be removed",
    steps: `${SHORT}\n${persists("A", "0=1 1=1", "0=2", "1=2", "0=3", "1=3", "0=4")}`,
  },
  "a journal that cannot be removed, and a table returns": {
    system: "journal cannot be removed",
    steps: `${LONG}\n${persists("A", "0=1 1=1", "0=2")}
      A deletes 1
      ${persists("A", "0=1 1=1")}`,
  },
  ...forEach(
    ["syncData 1", "syncData 2", "create 1", "write 2", "reserve 1"],
    (place) => [`a journal, ${place} fails`, { disk: "main", steps: throughFailure(place) }],
  ),
  "a journal, the fsync of the directory that holds its name fails": {
    disk: "main",
    steps: throughFailure("syncDirectory 1"),
  },
  ...forEach(["unlink 1", "unlink 2"], (place) => [
    `a journal, a queue is deleted, and ${place} fails`,
    {
      disk: "main",
      steps: `${LONG}\n${persists("A", "2=5")}
        A deletes 2, but its ${place} fails
        A sets 0=3
        A persists`,
    },
  ]),
};
