import { OffsetFileSyntaxError, type OffsetTable } from "../../../src/core/mod.ts";
import { Random } from "../../lib/random.ts";
import { generate, type Kind, KINDS } from "./generate.ts";
import { keyOf, oracle } from "./oracle.ts";

/** A reader of the bytes of a file. It throws an `OffsetFileSyntaxError` if they are no offset file. */
export type Reader = (bytes: Uint8Array) => OffsetTable;

/** The results of many files. */
export interface FuzzFigures {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly disagreements: number;
  /** How many there were of each kind, and how many of those were accepted. */
  readonly kinds: Readonly<Record<Kind, { readonly inputs: number; readonly accepted: number }>>;
  /** The first disagreement, made as small as it would go. */
  readonly smallest: { readonly bytes: Uint8Array; readonly what: string } | undefined;
}

export interface FuzzOptions {
  readonly count: number;
  readonly seed: string;
  readonly read: Reader;
  readonly onProgress?: (done: number) => void | Promise<void>;
}

const PROGRESS_EVERY = 2000;

/** Has a reader and the oracle judge the same files. */
export async function fuzz({ count, seed, read, onProgress }: FuzzOptions): Promise<FuzzFigures> {
  const random = new Random(seed);
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, { inputs: 0, accepted: 0 }]));
  let [accepted, disagreements] = [0, 0];
  let smallest: FuzzFigures["smallest"];
  for (let done = 0; done < count; done++) {
    const input = generate(random);
    const what = disagreement(input.bytes, read);
    const isAccepted = oracle(input.bytes) !== undefined;
    if (isAccepted) accepted++;
    for (const kind of input.kinds) {
      kinds[kind].inputs++;
      if (isAccepted) kinds[kind].accepted++;
    }
    if (what !== undefined) {
      disagreements++;
      smallest ??= shrink(input.bytes, read);
    }
    if (done % PROGRESS_EVERY === 0) await onProgress?.(done);
  }
  const refused = count - accepted;
  return {
    inputs: count,
    accepted,
    refused,
    disagreements,
    kinds: kinds as FuzzFigures["kinds"],
    smallest,
  };
}

/** In what the two do not agree about a file; `undefined` if they do. */
export function disagreement(bytes: Uint8Array, read: Reader): string | undefined {
  const expected = oracle(bytes);
  let table;
  try {
    table = read(bytes);
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) return `an error escaped: ${error}`;
    return expected === undefined ? undefined : `it is refused: ${error.message}`;
  }
  if (expected === undefined) return `it is accepted, with ${table.size} queues`;
  if (table.size !== expected.size) return `${table.size} queues, and not ${expected.size}`;
  for (const [mq, offset] of table) {
    const other = expected.get(keyOf(mq))?.[1];
    if (other !== offset) return `${keyOf(mq)} is at ${offset}, and not at ${other}`;
  }
  return undefined;
}

/** Takes away whatever may go without the disagreement going too. */
function shrink(bytes: Uint8Array, read: Reader): { bytes: Uint8Array; what: string } {
  let best = bytes;
  for (let length = best.length; length >= 1; length = Math.floor(length / 2)) {
    for (let at = 0; at + length <= best.length;) {
      const without = Uint8Array.from([...best.subarray(0, at), ...best.subarray(at + length)]);
      if (disagreement(without, read) === undefined) at += length;
      else best = without;
    }
  }
  return { bytes: best, what: disagreement(best, read)! };
}
