/** The state of files that were read, for the rules of a commit. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stateOfFiles } from "../../../src/file/recovery/files_state.ts";
import type { FileAge } from "../../../src/file/recovery/read_snapshot.ts";
import type { JournalRelation } from "../../../src/file/recovery/replay.ts";
import { badFile, badJournal, journalFile, validFile } from "../../support/read_files.ts";
import { tableOf } from "../../support/store_directory.ts";

const [MAIN, JOURNAL] = ["offset.json", "offset.json.journal"];
const AGES: readonly FileAge[] = ["settled", "young"];

const mainOf = (...args: Parameters<typeof stateOfFiles>) => stateOfFiles(...args).main;
const source = validFile(MAIN, tableOf(1), { generation: 7 });
const none = { source: undefined, journal: undefined };

test("P9 a fresh store has no main, and a store that was recovered has lost it", () => {
  const files = { main: { is: "missing", path: MAIN } } as const;
  assert.deepEqual(mainOf({ files, outcome: "fresh", ...none }), { is: "missing" });
  assert.deepEqual(mainOf({ files, outcome: "recovered", source, journal: undefined }), {
    is: "lost",
    generation: 7,
  });
});

test("P9 a valid main is known by its description, and by none if it is young", () => {
  for (const generation of [7, undefined]) {
    for (const age of AGES) {
      const main = validFile(MAIN, tableOf(1), { age, generation });
      const state = mainOf({
        files: { main },
        outcome: "loaded",
        source: main,
        journal: undefined,
      });
      const identities = age === "young" ? [] : [main.info];
      assert.deepEqual(state, { is: "valid", identities, generation });
    }
  }
});

test("C4 a valid main whose table was not taken is uncertain: the next commit writes another", () => {
  for (const age of AGES) {
    const main = validFile(MAIN, tableOf(1), { age, generation: 7 });
    const journal = undefined;
    const state = mainOf({ files: { main }, outcome: "recovered", source: main, journal });
    const identities = age === "young" ? [] : [main.info];
    assert.deepEqual(state, { is: "uncertain", identities, generation: 7 });
  }
});

test("P7 a bad main is to be kept aside unless it is empty, and the source has its generation", () => {
  for (const age of AGES) {
    for (const size of [0, 1]) {
      const bad = badFile(MAIN, { age });
      const main = { ...bad, info: { ...bad.info!, size } };
      const state = mainOf({ files: { main }, outcome: "recovered", source, journal: undefined });
      const identities = age === "young" ? [] : [main.info];
      const content = size === 0 ? "worthless" : "kept";
      assert.deepEqual(state, { is: "bad", identities, content, generation: 7 });
    }
  }
  const main = badFile(MAIN, { info: undefined });
  assert.deepEqual(mainOf({ files: { main }, outcome: "recovered", ...none }), {
    is: "bad",
    identities: [],
    content: "kept",
    generation: undefined,
  });
});

/** The state of a journal beside a valid main. */
function journalState(file: ReturnType<typeof journalFile | typeof badJournal>, relation: string) {
  const journal = { file, relation: relation as JournalRelation };
  return stateOfFiles({ files: { main: source }, outcome: "loaded", source, journal }).journal;
}

test("J3 P9 each relation of a journal has its state, and a young journal no identity", () => {
  const state = stateOfFiles({
    files: { main: source },
    outcome: "loaded",
    source,
    journal: undefined,
  });
  assert.deepEqual(state.journal, { is: "absent" });
  for (const age of AGES) {
    const file = journalFile(JOURNAL, { id: source.id, generation: 7 }, [], { age });
    const identities = age === "young" ? [] : [file.info];
    assert.deepEqual(journalState(file, "records"), { is: "found", identities, generation: 7 });
    assert.deepEqual(journalState(file, "foreign"), { is: "foreign", identities });
    assert.deepEqual(journalState(file, "leftover"), { is: "leftover", identity: file.info });
  }
});

test("J3 a journal without a generation is found without one", () => {
  const firstLines = [
    { id: source.id, generation: "version 0.1.0" },
    { id: source.id, generation: "invalid" },
    "torn",
    "none",
  ] as const;
  for (const first of firstLines) {
    const file = journalFile(JOURNAL, first, []);
    const state = journalState(file, "records");
    assert.deepEqual(state, { is: "found", identities: [file.info], generation: undefined });
  }
  const bad = badJournal(JOURNAL);
  assert.deepEqual(journalState(bad, "foreign"), { is: "foreign", identities: [bad.info] });
});
