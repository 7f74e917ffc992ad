import { isSame, type Table, textOf } from "./table.ts";

/** A kind of event that a story has had, to see that the explored states have enough of each. */
export type Tag =
  | "lowering"
  | "deletion"
  | "foreign write"
  | "second process"
  | "operator's tool"
  | "journal"
  | "merge"
  | "failed call"
  | "kill in a commit"
  | "power cut"
  | "coarse times";

/** How a change of the table is to be counted. */
export function tagsOfChange(before: Table | undefined, after: Table): Tag[] {
  const tags = new Set<Tag>();
  for (const [queue, offset] of before ?? []) {
    const now = after.get(queue);
    if (now === undefined) tags.add("deletion");
    else if (now < offset) tags.add("lowering");
  }
  return [...tags];
}

/** A table that a commit has tried to write. */
interface Attempt {
  /** The number of the commit. */
  readonly commit: number;
  readonly table: Table;
  /** Whether the commit has ended, by an error or by a kill, so that the table may stay or not. */
  readonly isOver: boolean;
}

/** The answers that a load may give if the crash comes now, and the faults that the files may have. */
export interface Situation {
  /** The table that was acknowledged or loaded last. */
  readonly durable: Table;
  /** The tables that commits have tried to write since; a load may answer any of them. */
  readonly attempts: readonly Attempt[];
  /**
   * The table that main held before, and may hold again until a process writes it: a stranger has
   * cut main to nothing without a sync, or has written during a rename that falls apart.
   */
  readonly undone: readonly Table[];
  /** Whether the files may hold what a commit left that did not end. */
  readonly isUnfinished: boolean;
  /** Whether nothing may have main's name, because of such a commit. */
  readonly mayMissMain: boolean;
  /** Whether anybody but this store, one process at a time, has changed the files. */
  readonly hadStrangers: boolean;
  /** Whether a power cut may take anything, since the last to write has not synced. */
  readonly isUnsynced: boolean;
  /** Whether a stranger has destroyed the only good file, so that a load refuses. */
  readonly mayRefuse: boolean;
  /** Whether the rename falls apart, so that main may be missing after a crash. */
  readonly splitRename: boolean;
  /** Not a part of the state: how it came. */
  readonly tags: ReadonlySet<Tag>;
}

/** The tables that a load may answer. */
export function accepted({ durable, attempts, undone }: Situation): Table[] {
  return [durable, ...attempts.map(({ table }) => table), ...undone];
}

/** A commit tries to write one of these tables, where main is there or not. */
export function begun(
  situation: Situation,
  commit: number,
  tables: readonly Table[],
  isMainThere: boolean,
): Situation {
  const attempts = tables.map((table): Attempt => ({ commit, table, isOver: false }));
  return {
    ...situation,
    attempts: [...situation.attempts, ...attempts],
    isUnfinished: true,
    mayMissMain: situation.mayMissMain || situation.splitRename || !isMainThere,
  };
}

/** A commit is acknowledged: what others had tried before and given up is overwritten. */
export function acknowledged(situation: Situation, commit: number, table: Table): Situation {
  const attempts = situation.attempts.filter((each) => each.commit !== commit && !each.isOver);
  return { ...situation, durable: table, attempts, undone: [], mayRefuse: false };
}

/** Nothing that was acknowledged goes on any more; whether it wrote tells what it has cleared up. */
export function settled(before: Situation, after: Situation, wrote: boolean): Situation {
  const goesOn = after.attempts.length > 0;
  return {
    ...after,
    isUnfinished: goesOn || (before.isUnfinished && !wrote),
    mayMissMain: goesOn || (before.mayMissMain && !wrote),
  };
}

/** A commit has ended otherwise: what it tried is there or not, unless it is sure not to be. */
export function ended(situation: Situation, commit: number, isPrevious: boolean): Situation {
  const attempts = situation.attempts.flatMap((each) => {
    if (each.commit !== commit) return [each];
    return isPrevious ? [] : [{ ...each, isOver: true }];
  });
  return { ...situation, attempts };
}

/** No commit has this number: the commits of a crash that is past. */
const PAST = 0;

/** All processes have ended: no commit goes on, and the commits after the crash count from one again. */
export function crashed(situation: Situation): Situation {
  const attempts = situation.attempts.map((each) => ({ ...each, commit: PAST, isOver: true }));
  return { ...situation, attempts };
}

/** A load has answered a table: what was there or not is decided, but for commits that go on. */
export function loaded(situation: Situation, table: Table): Situation {
  const attempts = situation.attempts.filter(({ isOver }) => !isOver);
  return { ...situation, durable: table, attempts, isUnsynced: false };
}

/** Equal for situations in which the same is expected. */
export function situationKey(situation: Situation): string {
  const { durable, isUnfinished, mayMissMain } = situation;
  const { hadStrangers, isUnsynced, mayRefuse } = situation;
  const others = accepted(situation).filter((table) => !isSame(table, durable));
  const texts = [...new Set(others.map(textOf))].sort();
  const flags = [isUnfinished, mayMissMain, hadStrangers, isUnsynced, mayRefuse];
  return [textOf(durable), ...texts, ...flags].join(";");
}
