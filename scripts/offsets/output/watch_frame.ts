import { escape } from "../../lib/escape.ts";
import { type Io, paint } from "../../lib/io.ts";
import { type Column, formatTable } from "../../lib/table.ts";
import { countQueues } from "./plural.ts";
import { QUEUE_COLUMNS, queueCells } from "./queue_columns.ts";
import type { QueueRate } from "./rate_window.ts";

/** The lines that are no rows: the path above, the titles, and the total below. */
const FRAME_LINES = 3;

/** The lines of a watch: as many queues as fit the terminal, the fastest or the first by name. */
export function watchLines(
  path: string,
  queues: readonly QueueRate[],
  fault: string | undefined,
  sort: string,
  io: Io,
): string[] {
  const size = io.size?.();
  const time = new Date(io.now()).toISOString().slice(11, 19);
  const state = fault === undefined ? "" : `: ${escape(fault)}`;
  const room = size === undefined ? queues.length : Math.max(0, size.rows - FRAME_LINES);
  const shown = queues.length <= room
    ? queues
    : sort === "rate"
    ? fastest(queues, room)
    : queues.slice(0, room);
  const rows = shown.map(({ mq, offset, rate }) => [
    ...queueCells(mq),
    String(offset),
    rateText(rate),
  ]);
  const table = formatTable(COLUMNS, rows, undefined, size?.columns);
  return [
    paint(io, fault === undefined ? "dim" : "red", `${escape(path)} at ${time} UTC${state}`),
    ...table.trimEnd().split("\n"),
    paint(io, "dim", totalLine(queues, shown.length, sort)),
  ];
}

/** The fastest queues, in the order of all. */
function fastest(queues: readonly QueueRate[], room: number): readonly QueueRate[] {
  const chosen = new Set(
    queues.toSorted((a, b) => Math.abs(b.rate ?? 0) - Math.abs(a.rate ?? 0)).slice(0, room),
  );
  return queues.filter((queue) => chosen.has(queue));
}

function totalLine(queues: readonly QueueRate[], shown: number, sort: string): string {
  const total = queues.reduce((sum, { rate }) => sum + (rate ?? 0), 0);
  const which = sort === "rate" ? "fastest" : "first";
  const part = shown < queues.length ? `, the ${which} ${shown} shown` : "";
  return `${countQueues(queues.length)}, ${total.toFixed(1)}/s in all${part}`;
}

function rateText(rate: number | undefined): string {
  return rate === undefined ? "" : `${rate.toFixed(1)}/s`;
}

const COLUMNS: readonly Column[] = [
  { ...QUEUE_COLUMNS[0], shortens: "middle", least: 8 },
  { ...QUEUE_COLUMNS[1], shortens: "middle", least: 8 },
  QUEUE_COLUMNS[2],
  { title: "OFFSET", align: "right" },
  { title: "RATE", align: "right" },
];
