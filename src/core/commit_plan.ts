/**
 * The rules of a commit (P6, P7, P9, J1, J3, J4): the states of a store's files, the next step in
 * each state, and the state after each event.
 *
 * The shell observes the files, asks `nextStep`, carries the step out, and tells `after` what
 * happened. It keeps no other state of the files. `F` is the identity of a file.
 */
import { type Generation, MAX_GENERATION, MAX_JOURNAL_GENERATION } from "./format/generation.ts";
import {
  type FilesState,
  identitiesOf,
  isCertain,
  isOwn,
  type Journal,
  type Main,
  type OwnJournal,
} from "./files_state.ts";

/**
 * What an observation of the files showed.
 *
 * - `unseen`: nobody has looked since the commit began.
 * - `ours`: the files are as this store knows them.
 * - `changed`: somebody else has changed one of them.
 */
export type Seen = "unseen" | "ours" | "changed";

/** What a commit is asked to do. */
export interface CommitRequest {
  /**
   * What differs from the table that the files hold.
   *
   * - `untouched`: nothing, and memory was not changed since the last commit.
   * - `none`: nothing.
   * - `few`: the offsets of some queues.
   * - `many`: the offsets of so many queues that a record would be as long as a snapshot.
   * - `deletions`: queues must be deleted.
   */
  readonly changes: "untouched" | "none" | "few" | "many" | "deletions";
  /** Why it happens; `close` and `compact` leave no journal of this store behind. */
  readonly purpose: "persist" | "compact" | "close";
  /** What the store does about somebody else's changes. */
  readonly onConflict: "throw" | "merge";
}

/** What to do with main before a snapshot replaces it. */
export type Keep =
  /** It becomes the backup. */
  | "backup"
  /** It is kept under another name, as evidence. */
  | "aside"
  | "nothing";

/** What to do with the journal when a snapshot replaces main. */
export type Retire =
  | "nothing"
  /** Remove it once the new main, which holds its records, is durable. */
  | "remove"
  /** Move it aside before main is replaced: nothing else holds its records. */
  | "move aside";

/** What a commit does next. */
export type Step =
  | { readonly do: "nothing" }
  /** Look at the files, then ask again. */
  | { readonly do: "look" }
  /** Read what somebody else has written, then ask again. */
  | { readonly do: "read the change" }
  /** Append a record; `begin` is the generation of a journal that must be begun first. */
  | { readonly do: "append"; readonly begin: Generation | undefined }
  | {
    readonly do: "snapshot";
    readonly keep: Keep;
    readonly retire: Retire;
    readonly generation: Generation | undefined;
  };

/** The next step of a commit. */
export function nextStep<F>(state: FilesState<F>, seen: Seen, request: CommitRequest): Step {
  const { main, journal } = state;
  const { changes, purpose, onConflict } = request;
  const isSettled = main.is === "valid" || main.is === "missing";
  const isEmpty = changes === "untouched" || changes === "none";
  // C3: a store without anything to write closes, whatever others have written.
  if (purpose === "close" && changes === "untouched" && isCertain(state)) {
    if (!isOwn(journal) || (seen === "changed" && onConflict === "throw")) return { do: "nothing" };
  }
  if (seen === "changed") return { do: "read the change" };
  // J4: a compaction and a clean close fold this store's journal into a snapshot.
  const folds = purpose !== "persist" && isOwn(journal);
  // J1: only changed offsets make a record, and few enough to be shorter than a snapshot.
  const appends = changes === "few" && !folds && main.is === "valid" && journal.is === "open";
  // P9: a look before an append protects nothing, since somebody else may act right after the look.
  // The append is followed by a look. A merging store must not append behind another's snapshot.
  const looksFirst = !appends || onConflict === "merge";
  if (seen === "unseen" && looksFirst) return { do: "look" };
  if (appends) return { do: "append", begin: undefined };
  // P6: files that hold the table already are not written again.
  if (isEmpty && !folds && isSettled && journal.is !== "dead") return { do: "nothing" };
  // J4: a close or a compaction leaves no journal behind, so it begins none.
  if (changes === "few" && purpose === "persist" && beginsJournal(state)) {
    return { do: "append", begin: main.generation };
  }
  return {
    do: "snapshot",
    keep: keepOf(main),
    retire: retireOf(journal),
    generation: generationOf(state),
  };
}

/** J3: a journal is begun only on a snapshot with a number that leaves room for the fold's number. */
function beginsJournal<F>({ main, journal, journaling }: FilesState<F>): boolean {
  if (journaling === "off" || main.is !== "valid" || journal.is !== "absent") return false;
  const { generation = Infinity } = main;
  return generation <= MAX_JOURNAL_GENERATION;
}

/** P7: only a valid main becomes the backup. */
function keepOf<F>(main: Main<F>): Keep {
  switch (main.is) {
    case "valid":
    case "uncertain":
      return "backup";
    case "bad":
      return main.content === "kept" ? "aside" : "nothing";
    case "missing":
    case "lost":
      return "nothing";
  }
}

function retireOf<F>(journal: Journal<F>): Retire {
  if (journal.is === "absent") return "nothing";
  return journal.is === "foreign" ? "move aside" : "remove";
}

/**
 * J3: a snapshot that folds a journal in gets one more than the greater number of both, so that the
 * journal is known as a leftover until it is gone. Any other snapshot keeps main's number.
 */
function generationOf<F>({ main, journal, journaling }: FilesState<F>): Generation | undefined {
  const number = main.generation;
  if (isOwn(journal) || journal.is === "found") {
    return Math.min(1 + Math.max(number ?? 0, journal.generation ?? 0), MAX_GENERATION);
  }
  return number ?? (journaling === "on" ? 1 : undefined);
}

/** What happened to the files. */
export type CommitEvent<F> =
  /** Somebody else's files were read: at open, and after a change. */
  | { readonly event: "read"; readonly main: Main<F>; readonly journal: Journal<F> }
  /** A journal was created; it may have no first line yet. */
  | { readonly event: "journal created"; readonly identity: F; readonly generation: Generation }
  /** A record is durable, and the journal may take more or has outgrown its snapshot. */
  | { readonly event: "appended"; readonly journal: "open" | "full" }
  /** An append failed when the record may have been written. */
  | { readonly event: "append failed" }
  /** A bad main was kept under another name: as a second name of the file, or by moving the file. */
  | { readonly event: "kept aside"; readonly by: "link" | "move" }
  /** A foreign journal was moved aside. */
  | { readonly event: "journal moved aside" }
  /** The new main is durable. */
  | {
    readonly event: "replaced";
    readonly identity: F;
    readonly generation: Generation | undefined;
  }
  /** A step failed when main may have been replaced by this file. */
  | { readonly event: "in doubt"; readonly identity: F }
  /** The journal whose records main holds was removed. */
  | { readonly event: "journal removed" }
  /** That journal could not be removed; it is unchanged since its records were read. */
  | { readonly event: "journal stays"; readonly identity: F }
  /** Somebody else has changed a file since it was looked at, or taken the lock over. */
  | { readonly event: "changed" };

/** The state after an event: the only place where a state is made. */
export function after<F>(state: FilesState<F>, event: CommitEvent<F>): FilesState<F> {
  const { main, journal, journaling } = state;
  switch (event.event) {
    case "read":
      return { main: event.main, journal: event.journal, journaling };
    case "journal created": {
      const { identity, generation } = event;
      return { main, journal: { is: "dead", identity, generation }, journaling };
    }
    case "appended":
      return { main, journal: ownAs(journal, event.journal), journaling };
    case "append failed":
      return { main, journal: ownAs(journal, "dead"), journaling };
    case "kept aside":
      return { main: keptAside(main, event.by), journal, journaling };
    case "replaced": {
      const { identity, generation } = event;
      return {
        main: { is: "valid", identities: [identity], generation },
        journal: folded(journal),
        journaling,
      };
    }
    case "in doubt": {
      const identities = [...identitiesOf(main), event.identity];
      return {
        main: { is: "uncertain", identities, generation: main.generation },
        journal: ownAs(journal, "dead"),
        journaling,
      };
    }
    case "journal moved aside":
    case "journal removed":
      return { main, journal: { is: "absent" }, journaling };
    case "journal stays":
      return { main, journal: { is: "leftover", identity: event.identity }, journaling };
    case "changed":
      return { main: withoutIdentities(main), journal: ownAs(journal, "dead"), journaling };
  }
}

function ownAs<F>(journal: Journal<F>, is: OwnJournal<F>["is"]): Journal<F> {
  return isOwn(journal) ? { ...journal, is } : journal;
}

/**
 * Main holds the records of the journal now. This store alone appends to a journal of its own, so it
 * is a leftover. Somebody else may have appended to a journal that was found: until that is checked,
 * it must not be removed.
 */
function folded<F>(journal: Journal<F>): Journal<F> {
  if (isOwn(journal)) return { is: "leftover", identity: journal.identity };
  return journal.is === "found" ? { is: "foreign", identities: journal.identities } : journal;
}

function keptAside<F>(main: Main<F>, by: "link" | "move"): Main<F> {
  if (by === "move") return { is: "lost", generation: main.generation };
  return main.is === "bad" ? { ...main, content: "worthless" } : main;
}

/** Forgets the identities of main, so that the next look leads to a read. */
function withoutIdentities<F>(main: Main<F>): Main<F> {
  return "identities" in main ? { ...main, identities: [] } : main;
}
