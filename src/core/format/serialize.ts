import type { Slices } from "../slices.ts";
import { checksumInSlices, checksumOf, coveredText, generationMember } from "./checksum.ts";
import type { Crc32 } from "./crc32.ts";
import { checkGeneration, type Generation } from "./generation.ts";
import { quote } from "../table/message_queue.ts";
import { type OffsetTable, partsOf, type TableParts } from "../table/offset_table.ts";
import type { Broker, Run } from "../table/queue_index.ts";

/**
 * The form of the file: `"go"`, which Go, Rust and Java before 5.4 read, or `"java"`, which only
 * Java reads.
 */
export type OffsetFileFormat = "go" | "java";

/**
 * Writes a table as the text of an offset file, in canonical order.
 *
 * Equal tables have equal text (S2). In Go's form the text is, up to the order of entries, byte for
 * byte what Go's client writes (S3); in Java's it is laid out as Java's client does (S7).
 *
 * @param table The table.
 * @param options `format`: `"go"` (the default) or `"java"`; `checksum`: whether a checksum of the
 *   table follows it, which `parse` verifies and other clients skip (`false` by default);
 *   `generation`: the number of a snapshot that a journal extends, 1 to 2^53 − 2; such a file always
 *   has a checksum.
 * @returns The text; encode it as UTF-8.
 * @throws {TypeError} If the format is neither.
 * @throws {RangeError} If the generation is not an integer in its range.
 *
 * @example
 * ```ts
 * import { OffsetTable, serialize } from "@offsetstore/rocketmq/core";
 *
 * const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
 * const text = serialize(OffsetTable.from([[mq, 42]]));
 * if (!text.endsWith(String.raw`\"queueId\":0}":42}}`)) throw new Error(text);
 * ```
 */
export function serialize(
  table: OffsetTable,
  options: { format?: OffsetFileFormat; checksum?: boolean; generation?: number } = {},
): string {
  const { format = "go", checksum = false, generation } = options;
  const form = formOf(format);
  if (generation !== undefined) checkGeneration(generation);
  const isSigned = checksum || generation !== undefined;
  const sum = isSigned
    ? checksumOf(coveredText(canonicalText(table), generation?.toString()))
    : undefined;
  return form.head + tableText(table, form) + tailOf(form, generation, sum);
}

/** The table as Go writes it, in canonical order. */
export function canonicalText(table: OffsetTable): string {
  return tableText(table, FORMS.go);
}

/** How a file is laid out. */
export interface Form {
  /** What stands before and behind the queue id in the key of a broker's queue. */
  readonly keyAround: (broker: Broker) => readonly [before: string, behind: string];
  /** Before the table. */
  readonly head: string;
  /** Before the table's closing brace, if it has entries. */
  readonly tableEnd: string;
  /** Before a further member of the wrapper. */
  readonly indent: string;
  /** Before the wrapper's closing brace. */
  readonly end: string;
}

const FORMS: Record<OffsetFileFormat, Form> = {
  go: { keyAround: goKeyOf, head: '{"offsetTable":', tableEnd: "", indent: "", end: "" },
  java: {
    keyAround: aroundJavaKey,
    head: '{\n\t"offsetTable":',
    tableEnd: "\n\t",
    indent: "\n\t",
    end: "\n",
  },
};

/** The form of a format. Any other name is refused, also a name that only the prototype has. */
export function formOf(format: OffsetFileFormat): Form {
  if (Object.hasOwn(FORMS, format)) return FORMS[format];
  throw new TypeError(`Cannot use format ${quote(format)}: it is neither "go" nor "java"`);
}

/** The text behind the table: generation and checksum, if there are any, and the end of the file. */
export function tailOf(
  { indent, end }: Form,
  generation: Generation | undefined,
  checksum: string | undefined,
): string {
  const number = generation === undefined ? "" : generationMember(generation, indent);
  const sum = checksum === undefined ? "" : `,${indent}"crc32":"${checksum}"`;
  return `${number}${sum}${end}}`;
}

function tableText(table: OffsetTable, form: Form): string {
  const parts = partsOf(table);
  return [...tablePieces(parts.index.order(), parts, form)].join("");
}

/** The checksum of a table and a generation, in slices. */
export function* canonicalChecksum(
  table: OffsetTable,
  generation: string | undefined,
  crc: Crc32,
): Slices<string> {
  const parts = partsOf(table);
  const runs = yield* parts.index.orderInSlices();
  return yield* checksumInSlices(tablePieces(runs, parts, FORMS.go, generation), crc);
}

/** The text of a table in pieces, and of the generation, if one is given; see `coveredText`. */
function* tablePieces(
  runs: readonly Run[],
  parts: TableParts,
  form: Form,
  generation?: string,
): Generator<string> {
  let before = "{";
  for (const run of runs) {
    const entries = runText(run, parts, form);
    if (entries === "") continue;
    // The comma before the first entry gives its place to the brace.
    yield before + (before === "" ? entries : entries.slice(1));
    before = "";
  }
  yield coveredText(before === "" ? `${form.tableEnd}}` : "{}", generation);
}

/** The entries of a run, each with a comma before it. */
export function runText(
  { broker, slots }: Run,
  { index, offsets }: TableParts,
  form: Form,
): string {
  const [before, behind] = form.keyAround(broker);
  let text = "";
  for (const slot of slots) {
    const offset = offsets.get(slot);
    if (offset !== undefined) text += "," + before + index.queueIdAt(slot) + behind + offset;
  }
  return text;
}

/** The result of `aroundGoKey`, computed once for all queues of a broker. */
export function goKeyOf(broker: Broker): readonly [before: string, behind: string] {
  return broker.goKey ??= aroundGoKey(broker);
}

/** The key is JSON text that is written as a JSON string once more, hence the doubled escapes. */
export function aroundGoKey(
  { topic, brokerName }: Pick<Broker, "topic" | "brokerName">,
): readonly [string, string] {
  const before = `"{\\"topic\\":${goName(topic)},\\"brokerName\\":${goName(brokerName)},` +
    '\\"queueId\\":';
  return [before, '}":'];
}

/** Go escapes control characters, and for HTML's sake also `<`, `>`, `&`, U+2028 and U+2029. */
// deno-lint-ignore no-control-regex
const GO_ESCAPED = /[\u0000-\u001f"\\<>&\u2028\u2029]/g;
const GO_SHORT: Record<string, string> = { "\n": "n", "\r": "r", "\t": "t" };

function goName(name: string): string {
  const inner = name.replace(GO_ESCAPED, (c) => {
    if (c === '"') return '\\\\\\"';
    if (c === "\\") return "\\\\\\\\";
    return "\\\\" + (GO_SHORT[c] ?? unicode(c));
  });
  return `\\"${inner}\\"`;
}

/** A bean's fields in alphabetical order, as fastjson's pretty format lays out a map's key. */
function aroundJavaKey({ topic, brokerName }: Broker): readonly [string, string] {
  return [
    `{\n\t\t\t"brokerName":"${javaName(brokerName)}",\n\t\t\t"queueId":`,
    `,\n\t\t\t"topic":"${javaName(topic)}"\n\t\t}:`,
  ];
}

// deno-lint-ignore no-control-regex
const JAVA_ESCAPED = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029]/g;
const JAVA_SHORT: Record<string, string> = {
  "\n": "n",
  "\r": "r",
  "\t": "t",
  "\b": "b",
  "\f": "f",
  '"': '"',
  "\\": "\\",
};

function javaName(name: string): string {
  return name.replace(
    JAVA_ESCAPED,
    (c) => "\\" + (JAVA_SHORT[c] ?? unicode(c).toUpperCase().replace("U", "u")),
  );
}

function unicode(c: string): string {
  return "u" + c.charCodeAt(0).toString(16).padStart(4, "0");
}
