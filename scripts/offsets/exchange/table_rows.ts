import { type MessageQueue, type Offset, OffsetTable } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { ExchangeError } from "./exchange_error.ts";

/** The fields of a queue and its offset as a text gives them; the place is for messages. */
export interface Row {
  readonly place: string;
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: string;
  readonly offset: string;
}

/**
 * Makes a table of the rows of a text.
 *
 * @throws {ExchangeError} If a row names no queue, or no int64, or names the queue of another row.
 */
export function tableOfRows(rows: Iterable<Row>): OffsetTable {
  const entries: [MessageQueue, Offset][] = [];
  const places: string[] = [];
  for (const row of rows) {
    const { place, topic, brokerName } = row;
    for (const [field, name] of [["topic", topic], ["brokerName", brokerName]] as const) {
      if (name.isWellFormed()) continue;
      throw new ExchangeError(place, `the ${field} ${quote(name)} holds a lone surrogate`);
    }
    entries.push([{ topic, brokerName, queueId: queueIdOf(row) }, offsetOf(row)]);
    places.push(place);
  }
  const table = OffsetTable.from(entries);
  if (table.size < entries.length) refuseRepetition(entries, places);
  return table;
}

function queueIdOf({ place, queueId }: Row): number {
  const number = Number(queueId);
  if (/^-?\d{1,10}$/.test(queueId) && (number | 0) === number) return number;
  throw new ExchangeError(place, `the queueId ${quote(queueId)} is not an int32`);
}

function offsetOf({ place, offset }: Row): Offset {
  if (/^-?\d{1,19}$/.test(offset)) {
    const number = BigInt(offset);
    if (BigInt.asIntN(64, number) === number) return number;
  }
  throw new ExchangeError(place, `the offset ${quote(offset)} is not an int64`);
}

function refuseRepetition(
  entries: readonly (readonly [MessageQueue, Offset])[],
  places: readonly string[],
): never {
  const first = new Map<string, string>();
  for (const [i, [mq]] of entries.entries()) {
    const key = JSON.stringify([mq.topic, mq.brokerName, mq.queueId]);
    const earlier = first.get(key);
    if (earlier !== undefined) {
      throw new ExchangeError(places[i], `it names the queue of ${earlier}`);
    }
    first.set(key, places[i]);
  }
  throw new Error("a table is shorter than its rows, though no queue is there twice");
}
