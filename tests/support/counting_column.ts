import type { Offset } from "../../src/core/mod.ts";
import { OffsetColumn } from "../../src/core/table/offset_column.ts";

/** A column that tells which slots were read, so that a test sees what work was done. */
export class CountingColumn extends OffsetColumn {
  #reads: (number | undefined)[] = [];
  /** Is called before each read. */
  before: (slot: number | undefined) => void = () => {};

  override get(slot: number | undefined): Offset | undefined {
    this.before(slot);
    this.#reads.push(slot);
    return super.get(slot);
  }

  /** The slots read since the last time it was asked, in ascending order. */
  take(): (number | undefined)[] {
    const reads = this.#reads;
    this.#reads = [];
    return reads.sort((a, b) => a! - b!);
  }
}
