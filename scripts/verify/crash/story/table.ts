import { OffsetTable } from "../../../../mod.ts";
import { queueOf } from "../generations.ts";

/** A table of a crash test: the offset of each queue of one topic, by the queue's id. */
export type Table = ReadonlyMap<number, number>;

/** The table without any queue. */
export const EMPTY: Table = new Map();

/** In words, the same for equal tables, such as `0=5 1=7`. */
export function textOf(table: Table): string {
  const entries = [...table].sort(([a], [b]) => a - b);
  return entries.map(([queue, offset]) => `${queue}=${offset}`).join(" ") || "nothing";
}

/** The table of a text. */
export function parseTable(text: string): Table {
  const entries = [...text.matchAll(/(\d+)=(\d+)/g)];
  return new Map(entries.map(([, queue, offset]) => [Number(queue), Number(offset)]));
}

/** Whether two tables hold the same. */
export function isSame(a: Table, b: Table): boolean {
  if (a.size !== b.size) return false;
  for (const [queue, offset] of a) if (b.get(queue) !== offset) return false;
  return true;
}

/** Whether a table is one of several. */
export function isAmong(tables: readonly Table[], table: Table): boolean {
  return tables.some((each) => isSame(each, table));
}

/** A table with the entries of another over it. */
export function overlay(table: Table, over: Table): Table {
  return new Map([...table, ...over]);
}

/** The greater offset of each queue. */
export function maximum(a: Table, b: Table): Table {
  return new Map([
    ...a,
    ...[...b].map(([queue, offset]) => [queue, Math.max(offset, a.get(queue) ?? offset)] as const),
  ]);
}

/** A table without a queue. */
export function without(table: Table, queue: number | undefined): Table {
  return new Map([...table].filter(([each]) => each !== queue));
}

/** As the store has it. */
export function toOffsetTable(table: Table): OffsetTable {
  return OffsetTable.from([...table].map(([queue, offset]) => [queueOf(queue), BigInt(offset)]));
}

/** The table that the store has. */
export function fromOffsetTable(table: OffsetTable): Table {
  return new Map([...table].map(([{ topic, brokerName, queueId }, offset]) => {
    if (topic !== "t" || brokerName !== "b") throw new Error("a queue that no story has");
    return [queueId, Number(offset)];
  }));
}
