import { OffsetTable } from "../../../src/core/mod.ts";

/**
 * The tables of a crash test: in generation n every queue is at offset n, so that a mix of two
 * generations is seen as one. Generation 0 is the empty table.
 */
export function generation(n: number, queues: number): OffsetTable {
  const key = `${n} ${queues}`;
  const made = tables.get(key) ?? OffsetTable.from(
    Array.from({ length: n === 0 ? 0 : queues }, (_, id) => [queueOf(id), BigInt(n)] as const),
  );
  tables.set(key, made);
  return made;
}

/** Made once: an exploration asks for the same few over and over. */
const tables = new Map<string, OffsetTable>();

export function queueOf(queueId: number) {
  return { topic: "t", brokerName: "b", queueId };
}

/** Which generation a table is, or `undefined` if it is none. */
export function generationOf(table: OffsetTable, queues: number): number | undefined {
  const n = Number(table.get(queueOf(0)) ?? 0n);
  return table.equals(generation(n, queues)) ? n : undefined;
}

/**
 * The generations that a load may answer: the floor, which is the newest generation that was
 * acknowledged or loaded before, or one whose persist was begun since.
 */
export interface Expectation {
  readonly floor: number;
  readonly flying: readonly number[];
}

export function accepts({ floor, flying }: Expectation, n: number): boolean {
  return n === floor || flying.includes(n);
}

/** The generation that no persist has tried yet. */
export function nextGeneration({ floor, flying }: Expectation): number {
  return Math.max(floor, ...flying) + 1;
}
