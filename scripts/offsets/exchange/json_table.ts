/**
 * A table of offsets as JSON: an object whose member `offsets` lists the queues, as `export --json`
 * and `show --json` print it. Offsets are strings, since most readers round an int64.
 */
import type { OffsetTable } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { ExchangeError } from "./exchange_error.ts";
import { type Row, tableOfRows } from "./table_rows.ts";

/**
 * Reads a table from JSON; other members are ignored.
 *
 * @throws {ExchangeError} If the text is no such table.
 */
export function parseJsonTable(text: string): OffsetTable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ExchangeError("the JSON text", (error as Error).message);
  }
  const offsets = isObject(value) ? value.offsets : undefined;
  if (!Array.isArray(offsets)) {
    throw new ExchangeError("the JSON text", 'it is no object with a list "offsets"');
  }
  return tableOfRows(offsets.map(rowOf));
}

function rowOf(entry: unknown, index: number): Row {
  const place = `entry ${index + 1}`;
  if (!isObject(entry)) throw new ExchangeError(place, "it is no object");
  const { topic, brokerName, queueId, offset } = entry;
  return {
    place,
    topic: nameOf(topic, "topic", place),
    brokerName: nameOf(brokerName, "brokerName", place),
    queueId: numberOf(queueId, "queueId", place),
    offset: numberOf(offset, "offset", place),
  };
}

function nameOf(value: unknown, field: string, place: string): string {
  if (typeof value === "string") return value;
  throw new ExchangeError(place, `the ${field} ${shown(value)} is no string`);
}

/** A greater number was rounded when it was read, perhaps already when it was written. */
function numberOf(value: unknown, field: string, place: string): string {
  if (typeof value === "string") return value;
  if (Number.isSafeInteger(value)) return String(value);
  const advice = typeof value === "number" ? ", write it as a string" : "";
  throw new ExchangeError(place, `the ${field} ${shown(value)} is no exact integer${advice}`);
}

function shown(value: unknown): string {
  return value === undefined ? "(it is missing)" : quote(JSON.stringify(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
