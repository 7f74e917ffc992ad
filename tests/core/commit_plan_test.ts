import assert from "node:assert/strict";
import { test } from "node:test";
import {
  after,
  type CommitEvent,
  type CommitRequest,
  nextStep,
  type Seen,
  type Step,
} from "../../src/core/commit_plan.ts";
import {
  type FilesState,
  isCertain,
  isOurs,
  isOwn,
  type Journal,
  type Main,
} from "../../src/core/files_state.ts";
import { MAX_GENERATION, MAX_JOURNAL_GENERATION } from "../../src/core/format/generation.ts";
import { type Answered, changedBy, RULES } from "./commit_plan_oracle.ts";

const NUMBERS = [undefined, 1, 7, MAX_JOURNAL_GENERATION, MAX_GENERATION];
const IDENTITIES = [[], ["old"], ["old", "new"]];

const MAINS: Main<string>[] = [
  { is: "missing" },
  ...NUMBERS.flatMap((generation): Main<string>[] => [
    { is: "lost", generation },
    ...IDENTITIES.flatMap((identities): Main<string>[] => [
      { is: "valid", identities, generation },
      { is: "uncertain", identities, generation },
      { is: "bad", identities, content: "kept", generation },
      { is: "bad", identities, content: "worthless", generation },
    ]),
  ]),
];

const JOURNAL_NUMBERS = [1, 7, MAX_JOURNAL_GENERATION];

const JOURNALS: Journal<string>[] = [
  { is: "absent" },
  ...JOURNAL_NUMBERS.flatMap((generation): Journal<string>[] => [
    { is: "open", identity: "journal", generation },
    { is: "full", identity: "journal", generation },
    { is: "dead", identity: "journal", generation },
  ]),
  ...[undefined, ...JOURNAL_NUMBERS].flatMap((generation): Journal<string>[] => [
    { is: "found", identities: [], generation },
    { is: "found", identities: ["journal"], generation },
  ]),
  { is: "leftover", identity: "journal" },
  { is: "foreign", identities: ["journal"] },
];

const SEEN: Seen[] = ["unseen", "ours", "changed"];
const CHANGES: CommitRequest["changes"][] = ["untouched", "none", "few", "many", "deletions"];
const PURPOSES: CommitRequest["purpose"][] = ["persist", "compact", "close"];

function* states(): Generator<FilesState<string>> {
  for (const main of MAINS) {
    for (const journal of JOURNALS) {
      for (const journaling of ["on", "off"] as const) yield { main, journal, journaling };
    }
  }
}

/** A step never depends on the identities of files: one set of them stands for all. */
const isNamed = ({ main }: FilesState<string>) =>
  !("identities" in main) || main.identities.length === 1;

function* answers(): Generator<Answered> {
  for (const state of states()) {
    if (!isNamed(state)) continue;
    for (const seen of SEEN) {
      for (const changes of CHANGES) {
        for (const purpose of PURPOSES) {
          for (const onConflict of ["throw", "merge"] as const) {
            const request = { changes, purpose, onConflict };
            yield { state, seen, request, step: nextStep(state, seen, request) };
          }
        }
      }
    }
  }
}

for (const [name, rule] of Object.entries(RULES)) {
  test(`${name}: in every state, after every look, for every request`, () => {
    let [said, obeyed] = [0, 0];
    for (const answered of answers()) {
      const isObeyed = rule(answered);
      if (isObeyed === undefined) continue;
      said++;
      if (isObeyed) obeyed++;
      else assert.fail(JSON.stringify(answered, null, 1));
    }
    assert.ok(said > 5 && said === obeyed, `${said} cases`);
  });
}

test("P1 every commit comes to an end: after a look and a read nothing more is asked for", () => {
  for (const { state, seen, request, step } of answers()) {
    if (step.do !== "look") continue;
    for (const now of ["ours", "changed"] as const) {
      const next = nextStep(state, now, request);
      assert.notEqual(next.do, "look", JSON.stringify({ state, seen, request }));
    }
  }
});

const EVENTS: CommitEvent<string>[] = [
  { event: "read", main: { is: "missing" }, journal: { is: "absent" } },
  {
    event: "read",
    main: { is: "uncertain", identities: ["read"], generation: 7 },
    journal: { is: "foreign", identities: ["theirs"] },
  },
  { event: "journal created", identity: "begun", generation: 7 },
  { event: "appended", journal: "open" },
  { event: "appended", journal: "full" },
  { event: "append failed" },
  { event: "kept aside", by: "link" },
  { event: "kept aside", by: "move" },
  { event: "journal moved aside" },
  { event: "replaced", identity: "written", generation: 8 },
  { event: "in doubt", identity: "written" },
  { event: "journal removed" },
  { event: "journal stays", identity: "stays" },
  { event: "changed" },
];

test("P4 P7 J3 an event changes just what it says, in every state", () => {
  for (const state of states()) {
    for (const event of EVENTS) {
      const expected = { ...state, ...changedBy(event, state) };
      assert.deepEqual(after(state, event), expected, JSON.stringify({ state, event }));
    }
  }
});

const SAME = {
  isSame: (a: string, b: string) => a === b,
  isSameInode: (a: string, b: string) => a === b,
};

test("P9 after a change was noticed, nothing that lies there is taken for ours", () => {
  for (const state of states()) {
    const next = after(state, { event: "changed" });
    for (const main of ["old", "new", "written"]) {
      for (const journal of [undefined, "journal"]) {
        assert.ok(!isOurs(next, { main, journal }, SAME), JSON.stringify(state));
      }
    }
  }
});

test("J1 a record is appended to no journal that has failed, was outgrown, or was folded in", () => {
  const request = { changes: "few", purpose: "persist", onConflict: "throw" } as const;
  for (const state of states()) {
    for (const event of EVENTS) {
      const next = after(state, event);
      const step = nextStep(next, "ours", request);
      if (step.do !== "append" || step.begin !== undefined) continue;
      // The journal was open before, and nothing has happened to it or to main.
      assert.ok(isOwn(next.journal) && next.main.is === "valid");
      assert.ok(["appended", "kept aside"].includes(event.event), event.event);
    }
  }
});

test("J3 after a fold the number tells that the journal is left over, until it is gone", () => {
  for (const state of states()) {
    if (!isOwn(state.journal)) continue;
    const request = { changes: "many", purpose: "persist", onConflict: "throw" } as const;
    const step = nextStep(state, "ours", request);
    assert.equal(step.do, "snapshot");
    if (step.do !== "snapshot") continue;
    const { generation } = step;
    const replaced = after(state, { event: "replaced", identity: "written", generation });
    assert.equal(replaced.journal.is, "leftover");
    // While it stays, each further snapshot keeps the number, and no journal is begun.
    const next = nextStep(replaced, "ours", { ...request, changes: "few" });
    assert.ok(next.do === "snapshot" && next.generation === generation && next.retire === "remove");
    assert.equal(after(replaced, { event: "journal removed" }).journal.is, "absent");
  }
});

test("J3 a journal that was found is not removed before it was checked again", () => {
  for (const state of states()) {
    if (state.journal.is !== "found") continue;
    const replaced = after(state, { event: "replaced", identity: "written", generation: 8 });
    assert.equal(replaced.journal.is, "foreign");
    assert.equal(after(replaced, { event: "journal stays", identity: "j" }).journal.is, "leftover");
  }
});

test("P4 a commit in doubt, and an append that failed, make the table uncertain until a success", () => {
  for (const state of states()) {
    const doubted = after(state, { event: "in doubt", identity: "written" });
    assert.ok(!isCertain(doubted));
    const journal = journalOf(doubted);
    if (journal !== "unknown") assert.ok(isOurs(doubted, { main: "written", journal }, SAME));
    if (isOwn(state.journal)) assert.ok(!isCertain(after(state, { event: "append failed" })));
    const settled = after(doubted, { event: "replaced", identity: "new", generation: 1 });
    assert.ok(isCertain(settled), JSON.stringify({ state, settled }));
  }
});

/** Something that lies there as the journal of a state. */
function journalOf({ journal }: FilesState<string>): string | undefined {
  if (journal.is === "absent") return undefined;
  return "identity" in journal ? journal.identity : journal.identities[0] ?? "unknown";
}

test("P9 main is ours exactly if it is one of the known files, or missing where it should be", () => {
  for (const state of states()) {
    const journal = journalOf(state);
    if (journal === "unknown") continue;
    const { main } = state;
    const known = "identities" in main ? main.identities : [];
    for (const seen of [undefined, "old", "new", "other"]) {
      const expected = seen === undefined
        ? main.is === "missing" || main.is === "lost"
        : known.includes(seen);
      assert.equal(isOurs(state, { main: seen, journal }, SAME), expected, JSON.stringify(state));
      assert.ok(!isOurs(state, { main: seen, journal: "other" }, SAME));
    }
  }
});

test("P9 the journal is ours exactly if it is a known one, or missing where none is known", () => {
  const main: Main<string> = { is: "missing" };
  const same = {
    isSame: (a: string, b: string) => a === b,
    // An inode keeps its number, whatever its times: "journal, later" is "journal" after a record.
    isSameInode: (a: string, b: string) => a === b.replace(", later", ""),
  };
  const journals: Journal<string>[] = [
    ...JOURNALS,
    { is: "found", identities: ["other", "journal"], generation: 7 },
    { is: "foreign", identities: ["other", "journal"] },
  ];
  for (const journal of journals) {
    const known = "identities" in journal ? journal.identities : ["journal"];
    const grows = isOwn(journal);
    const isOursNow = (seen: string | undefined): boolean =>
      isOurs({ main, journal, journaling: "on" }, { main: undefined, journal: seen }, same);
    const isAbsent = journal.is === "absent";
    const text = JSON.stringify(journal);
    assert.equal(isOursNow(undefined), isAbsent, text);
    assert.equal(isOursNow("journal"), !isAbsent && known.includes("journal"), text);
    assert.equal(isOursNow("journal, later"), grows, text);
    assert.equal(isOursNow("nobody's"), false, text);
  }
});

test("P9 a main of which no identity is known is never ours", () => {
  const all = { isSame: () => true, isSameInode: () => true };
  for (const state of states()) {
    if ("identities" in state.main && state.main.identities.length > 0) continue;
    assert.ok(!isOurs(state, { main: "any", journal: undefined }, all), JSON.stringify(state));
  }
});

/** One main and one journal of each kind. */
const KINDS = {
  mains: MAINS.filter(({ is }, i) => MAINS.findIndex((each) => each.is === is) === i),
  journals: JOURNALS.filter(({ is }, i) => JOURNALS.findIndex((each) => each.is === is) === i),
};

test("C4 P9 after a conflict was resolved, commits go on from the files that were read", () => {
  const seen = new Set<string>();
  for (const oldMain of KINDS.mains) {
    for (const oldJournal of KINDS.journals) {
      for (const journaling of ["on", "off"] as const) {
        const old: FilesState<string> = { main: oldMain, journal: oldJournal, journaling };
        for (const main of MAINS) {
          for (const journal of JOURNALS) {
            const state = after(old, { event: "read", main, journal });
            assert.deepEqual(state, { main, journal, journaling });
            for (const changes of ["none", "few"] as const) {
              const request = { changes, purpose: "persist", onConflict: "throw" } as const;
              const step: Step = nextStep(state, "ours", request);
              seen.add(step.do);
              // No second read, and no second conflict, while the files stay as they are.
              assert.ok(step.do !== "look" && step.do !== "read the change");
              if (changes === "few") assert.notEqual(step.do, "nothing");
              // A table that no file holds is written, even if memory has nothing new.
              const isRecovered = !["valid", "missing"].includes(main.is);
              if (isRecovered) assert.equal(step.do, "snapshot");
              // Again somebody else's change: that is a new conflict.
              const again: Step = nextStep(state, "changed", request);
              assert.equal(again.do, "read the change");
            }
          }
        }
      }
    }
  }
  assert.deepEqual([...seen].sort(), ["append", "nothing", "snapshot"]);
});

test("P7 a bad main is kept aside once", () => {
  for (const state of states()) {
    if (state.main.is !== "bad") continue;
    const linked = after(state, { event: "kept aside", by: "link" });
    assert.ok(linked.main.is === "bad" && linked.main.content === "worthless");
    assert.equal(after(state, { event: "kept aside", by: "move" }).main.is, "lost");
  }
});
