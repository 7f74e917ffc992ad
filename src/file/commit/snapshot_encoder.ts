import { generationMember, hexadecimal } from "../../core/format/checksum.ts";
import { type Generation, MAX_GENERATION } from "../../core/format/generation.ts";
import type { TableParts } from "../../core/table/offset_table.ts";
import type { Run } from "../../core/table/queue_index.ts";
import { type Form, formOf, runText, tailOf } from "../../core/format/serialize.ts";
import { ByteChunks } from "./byte_chunks.ts";
import type { ColumnChanges } from "./changes.ts";
import { CooperativeYield, inTurns } from "../fs/cooperative_yield.ts";
import { fastCrc32 } from "../fs/fast_crc32.ts";
import { pacedCrc32 } from "../fs/paced_crc32.ts";
import { patchedCrc32 } from "./patched_crc32.ts";

/** The bytes between two turns of the event loop: about a millisecond of work, where it takes longest. */
const BYTES_AT_A_TIME = 128 * 1024;
/** A larger image is not kept: it would be most of what a store needs. */
const LARGEST_KEPT = 16 * 1024 * 1024;
/** From this length on, an image is made in one array that is expected to hold it. */
const LONG = 1024 * 1024;
/** An image is expected to be longer than the last one by this part of it at most. */
const GROWTH = 1 / 16;

const OPENING_BRACE = "{".charCodeAt(0);

const encoder = new TextEncoder();

/**
 * The bytes of the file as it was last encoded, so that only what has changed is encoded again.
 *
 * The unit is a run of queues; see `QueueIndex.order`. The content is that of `serialize`.
 */
export class SnapshotEncoder {
  readonly #form: Form;
  readonly #head: Uint8Array;
  readonly #checksums: "always" | "with a generation";
  /** The image that the checksum covers: this one, or one in Go's form. */
  readonly #covered: SnapshotEncoder;
  #kept: Encoded | "nothing" = "nothing";
  /** The length of the last image. */
  #length = 0;

  constructor(form: Form, checksums: "always" | "with a generation") {
    this.#form = form;
    this.#head = encoder.encode(form.head);
    this.#checksums = checksums;
    const canonical = formOf("go");
    this.#covered = form === canonical ? this : new SnapshotEncoder(canonical, checksums);
  }

  /** Forgets what was encoded: the next time all of it is. */
  forget(): void {
    this.#kept = "nothing";
    if (this.#covered !== this) this.#covered.forget();
  }

  /**
   * Encodes a table, whose offsets nobody may change meanwhile; its index may get more queues.
   *
   * @param changes The difference from the table that was encoded the last time.
   * @param generation The number of the snapshot, if it has one.
   * @returns The bytes, which are valid until the next call.
   */
  async encode(
    table: TableParts,
    changes: ColumnChanges,
    generation?: Generation,
  ): Promise<Uint8Array> {
    try {
      const encoded = await this.#encodeTable(table, changes);
      const checksum = await this.#checksum(table, changes, encoded, generation);
      const tail = tailOf(this.#form, generation, checksum);
      const { written } = encoder.encodeInto(tail, encoded.bytes.subarray(encoded.tableEnd));
      return encoded.bytes.subarray(0, encoded.tableEnd + written);
    } catch (error) {
      // There may not be memory enough for all of it.
      this.forget();
      throw error;
    }
  }

  async #encodeTable(table: TableParts, changes: ColumnChanges): Promise<Encoded> {
    const kept = this.#kept;
    this.#kept = "nothing";
    const encoded = kept !== "nothing" && holdsTheSame(kept, table, changes)
      ? await this.#patch(kept, table, changes)
      : await this.#encodeAll(table);
    this.#length = encoded.bytes.length;
    if (this.#length <= LARGEST_KEPT) this.#kept = encoded;
    return encoded;
  }

  async #checksum(
    table: TableParts,
    changes: ColumnChanges,
    encoded: Encoded,
    generation: Generation | undefined,
  ): Promise<string | undefined> {
    if (this.#checksums === "with a generation" && generation === undefined) {
      // The covered image misses these changes, unless it is this one.
      if (this.#covered !== this) this.#covered.forget();
      return undefined;
    }
    const covered = this.#covered === this
      ? encoded
      : await this.#covered.#encodeTable(table, changes);
    const text = covered.bytes.subarray(this.#covered.#head.length, covered.tableEnd);
    const sum = covered.sum ??= await pacedCrc32(text);
    // Not left to an empty number: Node 22 says 0 for the checksum of no bytes after others.
    if (generation === undefined) return hexadecimal(sum);
    return hexadecimal(fastCrc32(encoder.encode(generationMember(generation, "")), sum));
  }

  async #encodeAll(table: TableParts): Promise<Encoded> {
    const runs = await inTurns(table.index.orderInSlices());
    const entries = this.#chunks();
    return await this.#assemble(
      runs,
      entries,
      table,
      (run) => entries.addText(runText(run, table, this.#form)),
    );
  }

  /** Encodes the runs in which something has changed, in place if they are as long as before. */
  async #patch(kept: Encoded, table: TableParts, changes: ColumnChanges): Promise<Encoded> {
    const pacer = new CooperativeYield(BYTES_AT_A_TIME);
    const { bytes, starts, runs } = kept;
    const runOf = kept.runOf ??= runNumbers(runs, table.index.size);
    const longer = new Map<number, Uint8Array>();
    const isChanged = new Uint8Array(runs.length);
    // On Bun an iterator takes ten times as long, all in one turn of the event loop.
    for (let i = 0; i < changes.slots.length; i++) isChanged[runOf[changes.slots[i]]] = 1;
    for (let number = 0; number < runs.length; number++) {
      if (isChanged[number] === 0) continue;
      const piece = encoder.encode(runText(runs[number], table, this.#form));
      if (piece.length === starts[number + 1] - starts[number]) this.#put(kept, number, piece);
      else longer.set(number, piece);
      await pacer.did(piece.length);
    }
    if (longer.size === 0) return kept;
    const entries = this.#chunks();
    return await this.#assemble(
      runs,
      entries,
      table,
      (_, number) =>
        entries.addBytes(longer.get(number) ?? bytes.subarray(starts[number], starts[number + 1])),
    );
  }

  /** Puts a run in the place of one that is as long. */
  #put(kept: Encoded, number: number, piece: Uint8Array): void {
    const { bytes, starts, tableEnd, sum } = kept;
    const place = bytes.subarray(starts[number], starts[number + 1]);
    const put = () => {
      place.set(piece);
      bytes[this.#head.length] = OPENING_BRACE;
      return place;
    };
    if (sum === undefined) {
      put();
      return;
    }
    const [before, after] = [fastCrc32(place), fastCrc32(put())];
    kept.sum = patchedCrc32(sum, before, after, tableEnd - starts[number + 1]);
  }

  /** Room for an image. To collect a long one in chunks and to copy them takes twice the memory. */
  #chunks(): ByteChunks {
    return new ByteChunks(this.#length < LONG ? 0 : Math.ceil(this.#length * (1 + GROWTH)));
  }

  /** Makes a file of entries, to which `add` adds those of a run and answers how many bytes. */
  async #assemble(
    runs: readonly Run[],
    entries: ByteChunks,
    { offsets: { size } }: TableParts,
    add: (run: Run, number: number) => number,
  ): Promise<Encoded> {
    const pacer = new CooperativeYield(BYTES_AT_A_TIME);
    const start = entries.addBytes(this.#head);
    const starts = new Uint32Array(runs.length + 1);
    for (let number = 0; number < runs.length; number++) {
      starts[number] = entries.length;
      await pacer.did(add(runs[number], number));
    }
    starts[runs.length] = entries.length;
    const isEmpty = size === 0;
    // The comma before the first entry gives its place to the brace.
    const entriesEnd = isEmpty ? start + 1 : entries.length;
    const end = encoder.encode(isEmpty ? "}" : `${this.#form.tableEnd}}`);
    const tableEnd = entriesEnd + end.length;
    const tail = tailOf(this.#form, MAX_GENERATION, hexadecimal(0)).length;
    const bytes = await entries.join(tableEnd + tail, pacer);
    bytes[start] = OPENING_BRACE;
    bytes.set(end, entriesEnd);
    return { bytes, tableEnd, starts, runs, runOf: undefined, size, sum: undefined };
  }
}

/** A whole file. */
interface Encoded {
  readonly bytes: Uint8Array;
  /** Where the table ends, and the tail begins. */
  readonly tableEnd: number;
  readonly runs: readonly Run[];
  /** Where each run begins, and where the last ends. */
  readonly starts: Uint32Array;
  /** The run of each slot, once that was asked for. */
  runOf: Uint32Array | undefined;
  /** How many queues it holds. */
  readonly size: number;
  /** The CRC-32 of its table, once that was asked for. */
  sum: number | undefined;
}

/** Whether it holds the same queues: none has gone, so that one that has come would be one more. */
function holdsTheSame(
  { size }: Encoded,
  { offsets }: TableParts,
  { deleted }: ColumnChanges,
): boolean {
  return deleted.length === 0 && size === offsets.size;
}

/** The number of each slot's run; the slots of an index need not all be in a run. */
function runNumbers(runs: readonly Run[], size: number): Uint32Array {
  const runOf = new Uint32Array(size);
  for (let number = 0; number < runs.length; number++) {
    const { slots } = runs[number];
    for (let i = 0; i < slots.length; i++) runOf[slots[i]] = number;
  }
  return runOf;
}
