/** The states of a store's files, as the rules of a commit know them. */
import type { Generation } from "./format/generation.ts";

/**
 * The main file, as this store knows it. Any other file at its place is somebody else's change.
 *
 * `generation` is the number of the snapshot that the offsets come from, if it has one.
 */
export type Main<F> =
  /** No offsets were ever stored: the store is fresh. */
  | { readonly is: "missing"; readonly generation?: undefined }
  /** Main is missing, and the offsets come from another file. */
  | { readonly is: "lost"; readonly generation: Generation | undefined }
  /** Main is a valid snapshot; no identity is certain if it changed just before it was read. */
  | {
    readonly is: "valid";
    readonly identities: readonly F[];
    readonly generation: Generation | undefined;
  }
  /** Main holds no table, and the offsets come from another file. */
  | {
    readonly is: "bad";
    readonly identities: readonly F[];
    readonly content: "kept" | "worthless";
    readonly generation: Generation | undefined;
  }
  /** A commit failed when main may have been replaced: main is one of these files, or missing. */
  | {
    readonly is: "uncertain";
    readonly identities: readonly F[];
    readonly generation: Generation | undefined;
  };

/** The journal beside main, as this store knows it. */
export type Journal<F> =
  | { readonly is: "absent" }
  /** This store began it and can append to it. */
  | { readonly is: "open"; readonly identity: F; readonly generation: Generation }
  /** This store began it, and it has outgrown its snapshot. */
  | { readonly is: "full"; readonly identity: F; readonly generation: Generation }
  /** This store began it, and an append failed: nobody knows whether the last record is there. */
  | { readonly is: "dead"; readonly identity: F; readonly generation: Generation }
  /** Somebody began it; its records belong to the table that was read. */
  | {
    readonly is: "found";
    readonly identities: readonly F[];
    readonly generation: Generation | undefined;
  }
  /** Main holds all its records; nothing needs it any more. */
  | { readonly is: "leftover"; readonly identity: F }
  /** It extends another file: nothing else holds its records. */
  | { readonly is: "foreign"; readonly identities: readonly F[] };

/** Everything that a store knows about its files. */
export interface FilesState<F> {
  readonly main: Main<F>;
  readonly journal: Journal<F>;
  /** Whether this store begins journals. */
  readonly journaling: "on" | "off";
}

/** A journal that this store began. */
export type OwnJournal<F> = Extract<Journal<F>, { is: "open" | "full" | "dead" }>;

/** Tells whether this store began the journal. */
export function isOwn<F>(journal: Journal<F>): journal is OwnJournal<F> {
  return journal.is === "open" || journal.is === "full" || journal.is === "dead";
}

/** Tells whether the files surely hold the table that this store last wrote or read. */
export function isCertain<F>({ main, journal }: FilesState<F>): boolean {
  return main.is !== "uncertain" && journal.is !== "dead";
}

/** The files that main may be. */
export function identitiesOf<F>(main: Main<F>): readonly F[] {
  return "identities" in main ? main.identities : [];
}

/**
 * Tells whether the files are those of the state (clause P9).
 *
 * @param main The identity of main, `undefined` if nothing is there.
 * @param journal The identity of the journal, `undefined` if nothing is there.
 * @param isSame Whether two identities are of one unchanged file.
 * @param isSameInode Whether they are of one file, changed or not: a journal of this store grows. A
 *   leftover is compared by `isSame`: it does not grow, and a file system may give its inode number
 *   to the next journal, which somebody else begins.
 */
export function isOurs<F>(
  state: FilesState<F>,
  { main, journal }: { readonly main: F | undefined; readonly journal: F | undefined },
  { isSame, isSameInode }: {
    readonly isSame: (a: F, b: F) => boolean;
    readonly isSameInode: (a: F, b: F) => boolean;
  },
): boolean {
  return isKnownMain(state.main, main, isSame) &&
    isKnownJournal(state.journal, journal, isSame, isSameInode);
}

/** Tells whether main is the file of the state. */
export function isKnownMain<F>(
  known: Main<F>,
  seen: F | undefined,
  isSame: (a: F, b: F) => boolean,
): boolean {
  if (seen === undefined) return known.is === "missing" || known.is === "lost";
  return identitiesOf(known).some((identity) => isSame(identity, seen));
}

function isKnownJournal<F>(
  known: Journal<F>,
  seen: F | undefined,
  isSame: (a: F, b: F) => boolean,
  isSameInode: (a: F, b: F) => boolean,
): boolean {
  if (known.is === "absent" || seen === undefined) {
    return known.is === "absent" && seen === undefined;
  }
  if (known.is === "leftover") return isSame(known.identity, seen);
  if ("identity" in known) return isSameInode(known.identity, seen);
  return known.identities.some((identity) => isSame(identity, seen));
}
