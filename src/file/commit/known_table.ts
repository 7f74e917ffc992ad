import { OffsetColumn } from "../../core/table/offset_column.ts";
import type { Slices } from "../../core/slices.ts";
import { copyEntries, type OffsetTable, partsOf, tableOf } from "../../core/table/offset_table.ts";
import type { QueueIndex } from "../../core/table/queue_index.ts";
import { applyChanges, type ColumnChanges } from "./changes.ts";

/** The most tables in doubt that are remembered: each is a copy of all offsets. */
const MOST_IN_DOUBT = 4;

/** The table that the files hold, as far as this store knows. */
export class KnownTable {
  /** The slots of the queues, of those in memory too. */
  readonly index: QueueIndex;
  #durable: OffsetColumn;
  /** The offsets before the last snapshot: the next one is made in their arrays. */
  #spare: OffsetColumn | "none" = "none";
  /** What the files may hold instead, since commits failed at a late step. */
  readonly #inDoubt: OffsetColumn[] = [];

  constructor(table: OffsetTable) {
    const { index, offsets } = partsOf(table);
    this.index = index;
    this.#durable = offsets;
  }

  /** The offsets of the last table that was acknowledged or read. */
  get durable(): OffsetColumn {
    return this.#durable;
  }

  /** The same as a table. */
  get table(): OffsetTable {
    return tableOf({ index: this.index, offsets: this.#durable });
  }

  /** The tables that the files may hold without anybody else's doing; the first is `table`. */
  get expected(): OffsetTable[] {
    const { index } = this;
    return [this.#durable, ...this.#inDoubt].map((offsets) => tableOf({ index, offsets }));
  }

  /** Which of its tables holds an offset at a slot. */
  holderOf(slot: number): "durable" | "in doubt" | "none" {
    if (this.#durable.get(slot) !== undefined) return "durable";
    return this.#inDoubt.some((offsets) => offsets.get(slot) !== undefined) ? "in doubt" : "none";
  }

  /**
   * The offsets after changes, in arrays of their own; no commit may end meanwhile. What `durable` was
   * before the last snapshot may be overwritten.
   */
  *with(changes: ColumnChanges): Slices<OffsetColumn> {
    const spare = this.#spare;
    this.#spare = "none";
    const offsets = yield* this.#durable.copyInSlices(spare === "none" ? undefined : spare);
    applyChanges(offsets, changes);
    return offsets;
  }

  /** A record of these changes is durable. */
  settleRecord(changes: ColumnChanges): void {
    applyChanges(this.#durable, changes);
    this.#inDoubt.length = 0;
  }

  /** A snapshot of these offsets, which `with` has made, is durable. */
  settle(offsets: OffsetColumn): void {
    const before = this.#durable;
    this.adopt(offsets);
    this.#spare = before;
  }

  /** The files hold these offsets: somebody else wrote them, or they are known after all. */
  adopt(offsets: OffsetColumn): void {
    this.#durable = offsets;
    this.#spare = "none";
    this.#inDoubt.length = 0;
  }

  /** A commit of these offsets failed at a late step. */
  doubt(offsets: OffsetColumn): void {
    this.#inDoubt.push(offsets);
    if (this.#inDoubt.length > MOST_IN_DOUBT) this.#inDoubt.shift();
  }

  /** The offsets of a table that somebody else wrote, for `adopt`. */
  *columnOf(table: OffsetTable): Slices<OffsetColumn> {
    const offsets = new OffsetColumn();
    yield* copyEntries(table, { index: this.index, offsets });
    return offsets;
  }
}
