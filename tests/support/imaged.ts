import assert from "node:assert/strict";
import { type MessageQueue, type Offset, serialize } from "../../src/core/mod.ts";
import { Int64Array } from "../../src/core/table/int64_array.ts";
import { tableOf } from "../../src/core/table/offset_table.ts";
import type { Generation } from "../../src/core/format/generation.ts";
import { QueueIndex } from "../../src/core/table/queue_index.ts";
import { formOf, type OffsetFileFormat } from "../../src/core/format/serialize.ts";
import { applyChanges } from "../../src/file/commit/changes.ts";
import { SnapshotEncoder } from "../../src/file/commit/snapshot_encoder.ts";
import { CountingColumn } from "./counting_column.ts";

/** How a file is written. */
export interface Options {
  readonly format: OffsetFileFormat;
  readonly checksum: boolean;
}

const decoder = new TextDecoder();

/** A table that changes, and its image. */
export class Imaged {
  readonly index = new QueueIndex();
  readonly offsets = new CountingColumn();
  readonly image: SnapshotEncoder;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    this.image = new SnapshotEncoder(
      formOf(options.format),
      options.checksum ? "always" : "with a generation",
    );
  }

  /** Changes the table and encodes it. */
  async encode(
    set: readonly (readonly [MessageQueue, Offset])[],
    deleted: readonly MessageQueue[] = [],
    generation?: Generation,
  ): Promise<Uint8Array> {
    const slots = Uint32Array.from(set, ([mq]) => this.index.add(mq));
    const changes = {
      slots,
      offsets: Int64Array.of(...set.map(([, offset]) => offset)),
      deleted: deleted.map((mq) => this.index.add(mq)),
    };
    applyChanges(this.offsets, changes);
    this.offsets.take();
    return await this.image.encode(this, changes, generation);
  }

  /** Frees the slots without an offset. */
  freeSlots(): void {
    for (let slot = 0; slot < this.index.size; slot++) {
      const isGone = this.index.isTaken(slot) && this.offsets.get(slot) === undefined;
      if (isGone) this.index.free(slot);
    }
  }

  /** Encodes, and compares with what `serialize` makes of the same table. */
  async check(
    set: readonly (readonly [MessageQueue, Offset])[],
    deleted: readonly MessageQueue[] = [],
    generation?: Generation,
  ): Promise<Uint8Array> {
    const bytes = await this.encode(set, deleted, generation);
    const text = decoder.decode(bytes);
    const { format, checksum } = this.#options;
    // A file with a generation always has a checksum.
    const options = { format, checksum: checksum || generation !== undefined, generation };
    assert.equal(text, serialize(tableOf(this), options));
    return bytes;
  }
}
