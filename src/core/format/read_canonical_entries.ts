import { IntegerReader } from "./integer_reader.ts";
import { JsonScanner } from "./json_scanner.ts";
import type { MessageQueue } from "../table/message_queue.ts";
import type { TableParts } from "../table/offset_table.ts";
import type { Broker } from "../table/queue_index.ts";
import { readStringKey } from "./read_queue.ts";
import { aroundGoKey } from "./serialize.ts";

/** Where the part of a key ends that all queues of a broker have in common. */
const QUEUE_ID = '\\"queueId\\":';
/** Between the queue id and the offset. */
const KEY_END = '}":';

/**
 * Reads entries as Go's client and this module write them, in any order, from the beginning of a
 * table; it takes a third of the time that one token after the other takes.
 *
 * What queues of one broker have in common is decoded once. Whatever is written in any other way,
 * or is wrong, ends it; the reader that knows all ways and all faults goes on from there.
 *
 * @param position Where the first entry may begin.
 * @param into Where the entries go; empty.
 * @returns Where the last entry that it took ends; `position` if it took none.
 */
export function readCanonicalEntries(
  text: string,
  position: number,
  { index, offsets }: TableParts,
): number {
  const brokers = new Map<string, Broker>();
  const integer = new IntegerReader(text);
  let end = position;
  for (let start = position;; start = end + 1) {
    // If there is no queue id, what is cut out is no key.
    const idAt = text.indexOf(QUEUE_ID, start) + QUEUE_ID.length;
    const key = text.slice(start, idAt);
    let broker = brokers.get(key);
    if (broker === undefined) {
      const names = decodeCanonicalKey(key);
      if (names === undefined) return end;
      broker = index.addBroker(names.topic, names.brokerName);
      brokers.set(key, broker);
    }
    const queueId = integer.int32(idAt);
    if (queueId === undefined || !text.startsWith(KEY_END, integer.end)) return end;
    const offset = integer.int64(integer.end + KEY_END.length);
    const next = text[integer.end];
    // Anything else may still belong to the number.
    if (offset === undefined || next !== "," && next !== "}") return end;
    offsets.set(index.addQueue(broker, queueId), offset);
    end = integer.end;
    if (next === "}") return end;
  }
}

/** The names in a key, if it is the one way to write them; then no other key has the same. */
function decodeCanonicalKey(key: string): MessageQueue | undefined {
  let names: MessageQueue | undefined;
  try {
    names = readStringKey(new JsonScanner(`${key}0}"`));
  } catch {
    // Who goes on from there says what is wrong.
  }
  return names !== undefined && aroundGoKey(names)[0] === key ? names : undefined;
}
