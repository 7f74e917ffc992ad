import { SLICE, type Slices } from "../slices.ts";
import { IntegerReader } from "./integer_reader.ts";
import { JsonScanner } from "./json_scanner.ts";
import type { MessageQueue } from "../table/message_queue.ts";
import type { TableParts } from "../table/offset_table.ts";
import type { Broker } from "../table/queue_index.ts";
import { readStringKey } from "./read_queue.ts";
import { aroundGoKey } from "./serialize.ts";

/** The end of the part of a key that all queues of a broker share. */
const QUEUE_ID = '\\"queueId\\":';
/** Between the queue id and the offset. */
const KEY_END = '}":';

/** A broker, and the part of a key that all its queues of a topic share. */
interface KnownBroker {
  readonly key: string;
  readonly broker: Broker;
}

/**
 * Reads entries as Go's client and this module write them, in any order, from the beginning of a
 * table. This takes a third of the time of reading token by token.
 *
 * The part of a key that the queues of one broker share is decoded once.
 */
export class CanonicalEntries {
  readonly #into: TableParts;
  readonly #brokers = new Map<string, KnownBroker>();

  /** `into` is where the entries go; it must be empty. */
  constructor(into: TableParts) {
    this.#into = into;
  }

  /**
   * Reads entries, in slices, up to the first one that has another form or is wrong; the general
   * reader goes on from there.
   *
   * @param position Where the first entry may begin.
   * @returns Where the last entry that was read ends; `position` if none was read.
   */
  *read(text: string, position: number): Slices<number> {
    const { index, offsets } = this.#into;
    const integer = new IntegerReader(text);
    let end = position;
    let known: KnownBroker | undefined;
    for (let read = 1;; read++) {
      const start = read === 1 ? position : end + 1;
      // The next queue often has the same broker, and its key is not looked up then.
      if (known === undefined || !text.startsWith(known.key, start)) {
        known = this.#brokerAt(text, start);
        if (known === undefined) return end;
      }
      const queueId = integer.int32(start + known.key.length);
      if (queueId === undefined || !text.startsWith(KEY_END, integer.end)) return end;
      const offset = integer.int64(integer.end + KEY_END.length);
      const next = text[integer.end];
      // Any other character may still belong to the number.
      if (offset === undefined || next !== "," && next !== "}") return end;
      const slot = index.addQueue(known.broker, queueId);
      if (typeof offset === "number") offsets.setNumber(slot, offset);
      else offsets.set(slot, offset);
      end = integer.end;
      if (next === "}") return end;
      if (read % SLICE === 0) yield SLICE;
    }
  }

  #brokerAt(text: string, start: number): KnownBroker | undefined {
    // Without a queue id, this text is no key, and does not decode.
    const key = text.slice(start, text.indexOf(QUEUE_ID, start) + QUEUE_ID.length);
    const known = this.#brokers.get(key);
    if (known !== undefined) return known;
    const names = decodeCanonicalKey(key);
    if (names === undefined) return undefined;
    const broker = this.#into.index.addBroker(names.topic, names.brokerName);
    const found = { key, broker };
    this.#brokers.set(key, found);
    return found;
  }
}

/** The names in a key, if the key is in canonical form: then no other key has these names. */
function decodeCanonicalKey(key: string): MessageQueue | undefined {
  let names: MessageQueue | undefined;
  try {
    names = readStringKey(new JsonScanner(`${key}0}"`));
  } catch {
    // The general reader reports the fault.
  }
  return names !== undefined && aroundGoKey(names)[0] === key ? names : undefined;
}
