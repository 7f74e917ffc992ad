/**
 * What the clauses say about a commit, clause by clause, for the enumeration of `commit_plan.ts`.
 *
 * Each rule is written from the text of the specification, as a predicate over a state, what was seen,
 * a request and the step. It shares no code with the plan.
 */
import type { CommitEvent, CommitRequest, Seen, Step } from "../../src/core/commit_plan.ts";
import type { FilesState, Journal, OwnJournal } from "../../src/core/files_state.ts";
import { MAX_GENERATION, MAX_JOURNAL_GENERATION } from "../../src/core/format/generation.ts";

/** One question to the plan, and its answer. */
export interface Answered {
  readonly state: FilesState<string>;
  readonly seen: Seen;
  readonly request: CommitRequest;
  readonly step: Step;
}

/** A rule: `undefined` if it says nothing about the case, otherwise whether the step obeys it. */
export type Rule = (answered: Answered) => boolean | undefined;

const OWN = ["open", "full", "dead"];
const isOwn = (journal: Journal<string>): journal is OwnJournal<string> => OWN.includes(journal.is);
const isCertain = ({ main, journal }: FilesState<string>) =>
  main.is !== "uncertain" && journal.is !== "dead";
/** Main and the journal together hold the table, under their own names. */
const isOnDisk = ({ main, journal }: FilesState<string>) =>
  (main.is === "valid" || main.is === "missing") && journal.is !== "dead";
const hasNoChanges = ({ changes }: CommitRequest) => changes === "none" || changes === "untouched";

/** A store that writes must fold its own journal when it closes or compacts (J4). */
const mustFold = ({ journal }: FilesState<string>, { purpose }: CommitRequest) =>
  purpose !== "persist" && isOwn(journal);

/** Nothing to write: not a change, not a journal of its own, no commit in doubt (C3). */
const mayJustClose = (state: FilesState<string>, { purpose, changes }: CommitRequest) =>
  purpose === "close" && changes === "untouched" && isCertain(state) && !isOwn(state.journal);

export const RULES: Readonly<Record<string, Rule>> = {
  "C3 a store with nothing to write closes, whatever others have written": (
    { state, request, step },
  ) => mayJustClose(state, request) ? step.do === "nothing" : undefined,

  "C3 a folding that others have made pointless is no error": ({ state, seen, request, step }) => {
    if (request.purpose !== "close" || request.changes !== "untouched") return undefined;
    if (!isCertain(state) || seen !== "changed" || request.onConflict === "merge") return undefined;
    return step.do === "nothing";
  },

  "J4 C3 a merging store folds its journal when it closes, after it has merged the change": (
    { state, seen, request, step },
  ) => {
    if (!mustFold(state, request) || seen !== "changed") return undefined;
    return request.onConflict === "merge" ? step.do === "read the change" : undefined;
  },

  "P9 files that somebody else has changed are never written before they were read": (
    { seen, step },
  ) => seen === "changed" ? step.do === "read the change" || step.do === "nothing" : undefined,

  "P9 a change is read only if there is one": ({ seen, step }) =>
    step.do === "read the change" ? seen === "changed" : undefined,

  "P9 a snapshot, the beginning of a journal and a merge come after a look": (
    { seen, request, step },
  ) => {
    const begins = step.do === "append" && step.begin !== undefined;
    const merges = step.do === "append" && request.onConflict === "merge";
    return step.do === "snapshot" || begins || merges ? seen === "ours" : undefined;
  },

  "P9 nobody looks twice": ({ seen, step }) => step.do === "look" ? seen === "unseen" : undefined,

  "P9 a record that needs no look before it gets none": ({ state, seen, request, step }) => {
    const isAppend = state.main.is === "valid" && state.journal.is === "open" &&
      request.changes === "few" && request.purpose === "persist";
    if (!isAppend || request.onConflict === "merge" || seen === "changed") return undefined;
    return step.do === "append" && step.begin === undefined;
  },

  "P6 a table that the files hold already is not written again": (
    { state, seen, request, step },
  ) => {
    if (!hasNoChanges(request) || !isOnDisk(state) || mustFold(state, request)) return undefined;
    if (seen === "ours") return step.do === "nothing";
    return step.do !== "snapshot" && step.do !== "append";
  },

  "P1 changes are never left out": ({ request, step }) =>
    hasNoChanges(request) ? undefined : step.do !== "nothing",

  "P4 a table in doubt, or that main does not hold, is written": (
    { state, seen, request, step },
  ) => {
    if (isOnDisk(state) || seen !== "ours" || mayJustClose(state, request)) return undefined;
    return step.do === "snapshot";
  },

  "C4 a choice that nothing but memory holds is written by a close, too": (
    { state, seen, request, step },
  ) => {
    // The choice counts as a change of memory: the request is never "untouched".
    if (request.purpose !== "close" || request.changes !== "none" || seen !== "ours") {
      return undefined;
    }
    return isOnDisk(state) ? undefined : step.do === "snapshot";
  },

  "J1 a record is for a few changed offsets only": ({ request, step }) =>
    step.do === "append" ? request.changes === "few" : undefined,

  "J1 few changed offsets are a record where a journal is open": (
    { state, seen, request, step },
  ) => {
    const isOpen = state.main.is === "valid" && state.journal.is === "open";
    if (!isOpen || request.changes !== "few" || request.purpose !== "persist") return undefined;
    return seen === "ours" ? step.do === "append" : undefined;
  },

  "J3 a record goes to a journal of this store, over a valid main": ({ state, step }) => {
    if (step.do !== "append" || step.begin !== undefined) return undefined;
    return state.journal.is === "open" && state.main.is === "valid";
  },

  "J3 a journal is begun on a main with a number, where none lies, by a store that wants one": (
    { state: { main, journal, journaling }, step },
  ) => {
    if (step.do !== "append" || step.begin === undefined) return undefined;
    return journaling === "on" && journal.is === "absent" && main.is === "valid" &&
      main.generation === step.begin && step.begin <= MAX_JOURNAL_GENERATION;
  },

  "J3 a store that may begin a journal does so for a few changed offsets": (
    { state: { main, journal, journaling }, seen, request, step },
  ) => {
    if (journaling === "off" || journal.is !== "absent" || main.is !== "valid") return undefined;
    if (main.generation === undefined || main.generation > MAX_JOURNAL_GENERATION) return undefined;
    if (request.changes !== "few" || seen !== "ours") return undefined;
    if (request.purpose !== "persist") return step.do === "snapshot";
    return step.do === "append" && step.begin === main.generation;
  },

  "J4 a clean close, and a compaction, leave no journal of this store": (
    { state, seen, request, step },
  ) =>
    mustFold(state, request) && seen === "ours"
      ? step.do === "snapshot" && step.retire === "remove"
      : undefined,

  "P7 only a valid main becomes the backup; a bad one is kept aside if it may be worth something": (
    { state: { main }, step },
  ) => {
    if (step.do !== "snapshot") return undefined;
    if (main.is === "valid" || main.is === "uncertain") return step.keep === "backup";
    const isKept = main.is === "bad" && main.content === "kept";
    return step.keep === (isKept ? "aside" : "nothing");
  },

  "J3 a journal whose records main will hold is removed, a foreign one is moved aside": (
    { state: { journal }, step },
  ) => {
    if (step.do !== "snapshot") return undefined;
    const expected = journal.is === "absent"
      ? "nothing"
      : journal.is === "foreign"
      ? "move aside"
      : "remove";
    return step.retire === expected;
  },

  "J3 a snapshot that folds a journal in has one more than the greater number of both": (
    { state: { main, journal }, step },
  ) => {
    if (step.do !== "snapshot" || !(isOwn(journal) || journal.is === "found")) return undefined;
    const numbers = [main.generation, "generation" in journal ? journal.generation : undefined];
    const next = Math.max(...numbers.map((number) => number ?? 0)) + 1;
    // The greatest number stays: no journal can be begun on it.
    return step.generation === (next > MAX_GENERATION ? MAX_GENERATION : next);
  },

  "J3 every other snapshot keeps main's number, and the first with a journal has 1": (
    { state: { main, journal, journaling }, step },
  ) => {
    if (step.do !== "snapshot" || isOwn(journal) || journal.is === "found") return undefined;
    return step.generation === (main.generation ?? (journaling === "on" ? 1 : undefined));
  },
};

/** The parts of the state that an event changes, written from the comment of each event. */
export function changedBy(
  event: CommitEvent<string>,
  { main, journal }: FilesState<string>,
): Partial<Pick<FilesState<string>, "main" | "journal">> {
  // A journal of this store takes no further record.
  const dead: Journal<string> = isOwn(journal) ? { ...journal, is: "dead" } : journal;
  const { generation } = main;
  switch (event.event) {
    case "read":
      return { main: event.main, journal: event.journal };
    case "journal created":
      // It may have no first line.
      return { journal: { is: "dead", identity: event.identity, generation: event.generation } };
    case "appended":
      return isOwn(journal) ? { journal: { ...journal, is: event.journal } } : {};
    case "append failed":
      return { journal: dead };
    case "kept aside":
      if (event.by === "move") return { main: { is: "lost", generation } };
      return main.is === "bad" ? { main: { ...main, content: "worthless" } } : {};
    case "journal moved aside":
    case "journal removed":
      return { journal: { is: "absent" } };
    case "replaced": {
      const valid = { is: "valid", identities: [event.identity] } as const;
      const replaced = { main: { ...valid, generation: event.generation } };
      // Main holds the records of this store's journal now. Others may append to the one they began.
      if (isOwn(journal)) {
        return { ...replaced, journal: { is: "leftover", identity: "journal" } };
      }
      if (journal.is !== "found") return replaced;
      return { ...replaced, journal: { is: "foreign", identities: journal.identities } };
    }
    case "in doubt": {
      const old = "identities" in main ? main.identities : [];
      const identities = [...old, event.identity];
      return { main: { is: "uncertain", identities, generation }, journal: dead };
    }
    case "journal stays":
      return { journal: { is: "leftover", identity: event.identity } };
    case "changed":
      // No file is known, so that the next look leads to a read.
      return { main: "identities" in main ? { ...main, identities: [] } : main, journal: dead };
  }
}
