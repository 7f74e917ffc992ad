import type { MessageQueue } from "../../../src/core/table/message_queue.ts";
import type { OffsetTable } from "../../../src/core/table/offset_table.ts";

/** A queue, its offset, and its offset in another table that is compared. */
export interface Row extends MessageQueue {
  readonly offset: bigint | undefined;
  readonly other: bigint | undefined;
}

export const COLUMNS = ["topic", "brokerName", "queueId", "offset", "other", "difference"] as const;
export type Column = typeof COLUMNS[number];

/** The selection and the order of the rows. */
export interface View {
  /** Words that each must be in the topic or in the broker's name; a number may be the queue's id. */
  readonly filter: string;
  readonly sort: Column;
  readonly direction: "up" | "down";
  /** Whether only rows with a difference are shown. */
  readonly onlyDifferent: boolean;
}

/** One row for each queue of either table. */
export function rowsOf(table: OffsetTable, other: OffsetTable | undefined): Row[] {
  const rows = [...table].map(([mq, offset]): Row => ({ ...mq, offset, other: other?.get(mq) }));
  if (other === undefined) return rows;
  const added = [...other].filter(([mq]) => !table.has(mq));
  return [
    ...rows,
    ...added.map(([mq, theirs]): Row => ({ ...mq, offset: undefined, other: theirs })),
  ];
}

/** How far the other offset is ahead; `undefined` if one of them is missing. */
export const differenceOf = ({ offset, other }: Row): bigint | undefined =>
  offset === undefined || other === undefined ? undefined : other - offset;

/** The rows that a view shows, in its order. */
export function viewOf(rows: readonly Row[], view: View): Row[] {
  const words = view.filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const shown = rows.filter((row) =>
    (!view.onlyDifferent || row.offset !== row.other) && words.every((word) => matches(row, word))
  );
  const sign = view.direction === "up" ? 1 : -1;
  return shown.sort((a, b) => sign * compare(valueOf(a, view.sort), valueOf(b, view.sort)));
}

function matches({ topic, brokerName, queueId }: Row, word: string): boolean {
  return topic.toLowerCase().includes(word) || brokerName.toLowerCase().includes(word) ||
    String(queueId) === word;
}

function valueOf(row: Row, column: Column): string | number | bigint | undefined {
  return column === "difference" ? differenceOf(row) : row[column];
}

/** A missing value comes first. */
function compare<T extends string | number | bigint>(a: T | undefined, b: T | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return a < b ? -1 : Number(a > b);
}
