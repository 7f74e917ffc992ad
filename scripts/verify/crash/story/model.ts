import { EMPTY, isAmong, isSame, maximum, overlay, type Table, without } from "./table.ts";

interface Held {
  readonly offset: number;
  readonly frozen: boolean;
  /** Whether a merge has found a greater offset, which stays in the file: it is frozen. */
  readonly isOverruled?: boolean;
}

/**
 * The offsets that one process of ours should hold in memory, and that its next commit should write.
 *
 * It is written from the clauses U1–U7, R3, D1, D2 and P9, and knows nothing of files.
 */
export class Model {
  /** Whether there is something to write: a change of memory that no commit has written. */
  isTouched = false;
  readonly #memory = new Map<number, Held>();
  /** The tables that the process may take for the file's: one, if the progress of a merge is known. */
  #known: readonly Table[];
  /** The tables that its own failed commits may have written. */
  #maybe: readonly Table[] = [];

  constructor(loaded: Table) {
    this.#known = [loaded];
    for (const [queue, offset] of loaded) this.#memory.set(queue, { offset, frozen: false });
  }

  get memory(): Table {
    return new Map([...this.#memory].map(([queue, { offset }]) => [queue, offset]));
  }

  /** The table that the process takes for the file's. */
  get known(): Table {
    return this.#known[0];
  }

  /** Whether its own last commit has failed. */
  get hasFailed(): boolean {
    return this.#maybe.length > 0;
  }

  set(queue: number, offset: number, onlyUp: boolean): void {
    this.isTouched = true;
    const held = this.#memory.get(queue);
    if (held?.frozen) return;
    if (held === undefined || !onlyUp || offset > held.offset) {
      this.#memory.set(queue, { offset, frozen: false });
    }
  }

  freeze(queue: number, offset: number): void {
    this.isTouched = true;
    this.#memory.set(queue, { offset, frozen: true });
  }

  /** Forgets a queue; the answer puts it back. */
  remove(queue: number): () => void {
    this.isTouched = true;
    const held = this.#memory.get(queue);
    this.#memory.delete(queue);
    return () => void (held && this.#memory.set(queue, held));
  }

  /** A read from the store brings a queue that memory lacks, and nothing else. */
  adopt(queue: number, offset: number): void {
    if (!this.#memory.has(queue)) this.#memory.set(queue, { offset, frozen: false });
  }

  /** Whether somebody else has changed what the file holds. */
  isForeign(visible: Table): boolean {
    return !isAmong([...this.#known, ...this.#maybe], visible);
  }

  /** Whether somebody else may have, who wrote what a commit of its own has tried to. */
  mayBeForeign(visible: Table): boolean {
    return !isAmong(this.#known, visible);
  }

  /** It may have looked, and found this. */
  mayKnow(visible: Table): void {
    this.#known = [...this.#known, visible];
  }

  /**
   * The tables that a commit may write now.
   *
   * @param visible What the file holds; `undefined` if main cannot be used.
   * @param merges Whether another's table is merged; otherwise the commit must fail, and there is none.
   * @param gone A queue that is deleted.
   */
  targets(visible: Table | undefined, merges: boolean, gone: number | undefined): Table[] {
    const over = (table: Table) => without(this.#over(table), gone);
    if (visible === undefined) return merges ? this.#known.map(over) : [];
    const targets: Table[] = [];
    if (isAmong(this.#known, visible)) targets.push(over(visible));
    if (isAmong(this.#maybe, visible)) targets.push(...[visible, ...this.#known].map(over));
    const isSure = this.#known.length === 1 && isSame(this.#known[0], visible);
    if (merges && !isSure) targets.push(this.merging(visible, gone));
    return targets;
  }

  /** The table that a commit writes which merges another's. */
  merging(visible: Table, gone: number | undefined): Table {
    return without(maximum(visible, this.memory), gone);
  }

  #over(table: Table): Table {
    const held = [...this.#memory].filter(([queue, { isOverruled }]) =>
      !(isOverruled && table.has(queue))
    );
    return overlay(table, new Map(held.map(([queue, { offset }]) => [queue, offset])));
  }

  /** A commit is acknowledged, which has written one of these. */
  acknowledged(written: readonly Table[]): void {
    this.#known = written;
    this.#maybe = [];
    this.isTouched = false;
  }

  /** A commit that may have written these has failed. */
  failed(targets: readonly Table[]): void {
    this.#maybe = [...this.#maybe, ...targets];
  }

  /**
   * A merge has read other tables, in this order: offsets in memory that are lower, and not frozen,
   * are raised, and the process may take the file to hold any of them.
   */
  merged(tables: readonly Table[]): void {
    for (const table of tables) {
      for (const [queue, held] of this.#memory) {
        const offset = table.get(queue);
        if (offset === undefined || offset <= held.offset) continue;
        const raised = held.frozen ? { ...held, isOverruled: true } : { offset, frozen: false };
        this.#memory.set(queue, raised);
      }
    }
    this.#known = [...this.#known, ...tables];
  }

  /** The same model, for a guess. */
  copy(): Model {
    const copy = new Model(EMPTY);
    copy.isTouched = this.isTouched;
    copy.#known = this.#known;
    copy.#maybe = this.#maybe;
    for (const [queue, held] of this.#memory) copy.#memory.set(queue, held);
    return copy;
  }
}
