/**
 * A table of offsets as CSV (RFC 4180): a line `topic,brokerName,queueId,offset`, and one for each
 * queue.
 *
 * A name that holds control or format characters, or begins with a quotation mark, is written as
 * JSON text: a terminal shows it safely, and a spreadsheet does not change it.
 */
import type { MessageQueue, Offset, OffsetTable } from "../../../mod.ts";
import { escape, escapeJson, quote } from "../../lib/escape.ts";
import { ExchangeError } from "./exchange_error.ts";
import { type Row, tableOfRows } from "./table_rows.ts";

/** The columns. */
export const FIELDS = ["topic", "brokerName", "queueId", "offset"] as const;

/** The lines of a table in CSV. */
export function* csvLines(table: OffsetTable): Generator<string> {
  yield `${FIELDS.join(",")}\n`;
  for (const entry of table) yield csvRow(entry);
}

/** The line of a queue. */
export function csvRow(
  [{ topic, brokerName, queueId }, offset]: readonly [MessageQueue, Offset],
): string {
  return `${cell(topic)},${cell(brokerName)},${queueId},${offset}\n`;
}

function cell(name: string): string {
  const isPlain = escape(name) === name && !name.startsWith('"');
  const text = isPlain ? name : escapeJson(JSON.stringify(name));
  return /[",]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Reads a table from CSV. The columns may have any order; the line ends are those of any system.
 *
 * @throws {ExchangeError} If the text is no such table.
 */
export function parseCsv(text: string): OffsetTable {
  const [head, ...records] = recordsOf(text.replace(/^\ufeff/, ""));
  if (head === undefined) throw new ExchangeError("line 1", `it must be ${FIELDS.join(",")}`);
  const columns = FIELDS.map((field) => head.cells.indexOf(field));
  if (head.cells.length !== FIELDS.length || columns.includes(-1)) {
    throw new ExchangeError(
      "line 1",
      `it names the columns ${quote(head.cells.join(","))}, and must name ${FIELDS.join(",")}`,
    );
  }
  return tableOfRows(records.map((record) => rowOf(record, columns)));
}

function rowOf({ line, cells }: CsvRecord, columns: readonly number[]): Row {
  const place = `line ${line}`;
  if (cells.length !== FIELDS.length) {
    throw new ExchangeError(place, `it has ${cells.length} cells, not ${FIELDS.length}`);
  }
  const [topic, brokerName, queueId, offset] = columns.map((column) => cells[column]);
  return {
    place,
    topic: nameOf(topic, place),
    brokerName: nameOf(brokerName, place),
    queueId: queueId.trim(),
    offset: offset.trim(),
  };
}

function nameOf(text: string, place: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    throw new ExchangeError(place, `the name ${quote(text)} begins like JSON text, and is none`);
  }
}

/** The cells of a record, and the line where it begins. */
interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** One cell: in quotation marks, which are doubled inside, or plain; and what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

function recordsOf(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let [line, begin] = [1, 1];
  for (CELL.lastIndex = 0; CELL.lastIndex < text.length || cells.length > 0;) {
    const match = CELL.exec(text);
    if (match === null) throw new ExchangeError(`line ${line}`, "a quotation mark is out of place");
    const [, quoted, plain, end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    line += quoted?.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === ",") continue;
    // An empty line is no record.
    if (cells.length > 1 || quoted !== undefined || plain !== "") {
      records.push({ line: begin, cells });
    }
    cells = [];
    begin = ++line;
  }
  return records;
}
