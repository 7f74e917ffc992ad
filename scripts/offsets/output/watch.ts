import type { OffsetTable } from "../../../mod.ts";
import { escape } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { aliOnsOf, fault, readSnapshot } from "../reading/inspect_file.ts";
import { type Io, paint } from "../../lib/io.ts";
import { jsonEntry } from "./json_output.ts";
import { QUEUE_COLUMNS, queueCells } from "./queue_columns.ts";
import { formatTable } from "../../lib/table.ts";

const EVERY_MS = 1000;
/** Consumers persist every 5 s or so: over a shorter span the rate would jump between 0 and 5-fold. */
const WINDOW_MS = 30_000;

interface Sample {
  readonly at: number;
  readonly table: OffsetTable;
}

/** Follows a file until the program ends; a file that is bad for a moment is told, not fatal. */
export async function watch(
  path: string,
  topic: string | undefined,
  json: boolean,
  io: Io,
): Promise<number> {
  const samples: Sample[] = [];
  let shown: string | undefined;
  do {
    const found = await readSnapshot(path);
    const at = io.now();
    let state: string;
    let print: () => string;
    const file = found.state === "valid" ? found : aliOnsOf(found);
    if (file !== undefined) {
      const table = topic === undefined ? file.table : file.table.forTopic(topic);
      samples.push({ at, table });
      while (samples.length > 2 && samples[1].at <= at - WINDOW_MS) samples.shift();
      const rates = ratesOf(samples);
      state = JSON.stringify([...table].map(jsonEntry));
      print = () => json ? jsonLine(at, table, rates) : frame(path, at, table, rates, io);
    } else {
      state = fault(found);
      print = () =>
        json
          ? JSON.stringify({ at: new Date(at).toISOString(), error: state }) + "\n"
          : paint(io, "red", `${escape(path)}: ${escape(state)}`) + "\n";
    }
    // A terminal is redrawn every time, so that the rates sink when nothing moves; a log is not.
    const redraw = io.isTerminal && !json;
    if (redraw || state !== shown) io.out((redraw ? "\x1b[H\x1b[2J" : "") + print());
    shown = state;
  } while (await io.sleep(EVERY_MS));
  return EXIT.ok;
}

/** Messages per second of each queue, `undefined` for one that the oldest sample lacks. */
function ratesOf(samples: readonly Sample[]): (number | undefined)[] {
  const [first, last] = [samples[0], samples.at(-1)!];
  const seconds = (last.at - first.at) / 1000;
  return [...last.table].map(([mq, offset]) => {
    const before = first.table.get(mq);
    if (before === undefined || seconds <= 0) return undefined;
    return Number(offset - before) / seconds;
  });
}

function jsonLine(at: number, table: OffsetTable, rates: readonly (number | undefined)[]): string {
  const offsets = [...table].map((entry, i) => ({ ...jsonEntry(entry), rate: rates[i] ?? null }));
  return JSON.stringify({ at: new Date(at).toISOString(), offsets }) + "\n";
}

function frame(
  path: string,
  at: number,
  table: OffsetTable,
  rates: readonly (number | undefined)[],
  io: Io,
): string {
  const rows = [...table].map(([mq, offset], i) => [
    ...queueCells(mq),
    String(offset),
    rates[i] === undefined ? "" : `${rates[i].toFixed(1)}/s`,
  ]);
  const time = new Date(at).toISOString().slice(11, 19);
  return paint(io, "dim", `${escape(path)} at ${time} UTC`) + "\n" + formatTable(COLUMNS, rows);
}

const COLUMNS = [
  ...QUEUE_COLUMNS,
  { title: "OFFSET", align: "right" },
  { title: "RATE", align: "right" },
] as const;
