/**
 * The bytes that each client writes, up to the order of the entries, which is that of a hash map.
 *
 * Go's form and that of Java's fastjson 1 are what `serialize` writes; the others are described
 * here, so that the run notices when a new version writes something else.
 */
import { type MessageQueue, type Offset, OffsetTable, serialize } from "../../src/core/mod.ts";
import type { Client } from "./clients.ts";

/** The text of a table, with its entries in the order in which they are given. */
type Form = (entries: readonly (readonly [MessageQueue, Offset])[]) => string;

/** An entry as the form writes it, without the commas and the space around it. */
type EntryForm = (entry: readonly [MessageQueue, Offset]) => string;

const quoted = (text: string) => JSON.stringify(text);

/** fastjson 2 escapes what JSON must, as `JSON.stringify` does for well-formed text. */
const fastjson2Entry: EntryForm = ([{ topic, brokerName, queueId }, offset]) =>
  `{\n\t\t\t"brokerName":${quoted(brokerName)},\n\t\t\t"queueId":${queueId},` +
  `\n\t\t\t"topic":${quoted(topic)}\n\t\t}:${offset}`;

/** serde's pretty form around keys like Go's, without the escapes for HTML's sake. */
const serdeEntry: EntryForm = ([{ topic, brokerName, queueId }, offset]) =>
  `${quoted(JSON.stringify({ topic, brokerName, queueId }))}: ${offset}`;

const lines = (entries: readonly string[], before: string, after: string) =>
  entries.length === 0 ? "{}" : `{${entries.map((each) => before + each).join(",")}${after}}`;

const alone = (entry: readonly [MessageQueue, Offset], format: "go" | "java") => {
  const text = serialize(OffsetTable.from([entry]), { format });
  const [head, tail] = HEAD_AND_TAIL[format];
  return text.slice(head.length, text.length - tail.length);
};

const HEAD_AND_TAIL = {
  go: ['{"offsetTable":{', "}}"],
  java: ['{\n\t"offsetTable":{', "\n\t}\n}"],
} as const;

const FORMS: Record<Client["writes"], { entry: EntryForm; whole: Form }> = {
  go: {
    entry: (entry) => alone(entry, "go"),
    whole: (entries) => `{"offsetTable":${lines(entries.map((e) => alone(e, "go")), "", "")}}`,
  },
  fastjson: {
    entry: (entry) => alone(entry, "java"),
    whole: (entries) =>
      `{\n\t"offsetTable":${lines(entries.map((e) => alone(e, "java")), "", "\n\t")}\n}`,
  },
  fastjson2: {
    entry: fastjson2Entry,
    whole: (entries) =>
      `{\n\t"offsetTable":${lines(entries.map(fastjson2Entry), "\n\t\t", "\n\t")}\n}`,
  },
  serde: {
    entry: serdeEntry,
    whole: (entries) =>
      `{\n  "offsetTable": ${lines(entries.map(serdeEntry), "\n    ", "\n  ")}\n}`,
  },
};

/** Whether the text is what the form makes of the table, in one order or another. */
export function isInForm(text: string, table: OffsetTable, writes: Client["writes"]): boolean {
  const { entry, whole } = FORMS[writes];
  // The entries in the order in which the text has them: then there is only one such text.
  const placed = [...table].map((each) => [text.indexOf(entry(each)), each] as const);
  if (placed.some(([position]) => position < 0)) return false;
  placed.sort(([a], [b]) => a - b);
  return whole(placed.map(([, each]) => each)) === text;
}
