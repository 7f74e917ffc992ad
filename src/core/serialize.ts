import { checksumOf } from "./checksum.ts";
import { type MessageQueue, quote } from "./message_queue.ts";
import type { OffsetTable } from "./offset_table.ts";

/** Whose form of the file: Go's, which every client reads, or Java's, which only Java reads. */
export type OffsetFileFormat = "go" | "java";

/**
 * Writes a table as the text of an offset file, in canonical order.
 *
 * Equal tables have equal text. In Go's form the text is, up to the order of entries, byte for
 * byte what Go's client writes; in Java's it is laid out as Java's client does.
 *
 * @param table The table.
 * @param options `format`: `"go"` (the default) or `"java"`; `checksum`: whether a checksum of the
 *   table follows it, which `parse` verifies and other clients skip (`false` by default).
 * @returns The text; encode it as UTF-8.
 * @throws {TypeError} If the format is neither.
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
  options: { format?: OffsetFileFormat; checksum?: boolean } = {},
): string {
  const { format = "go", checksum = false } = options;
  const form = FORMS[format];
  if (!Object.hasOwn(FORMS, format)) {
    throw new TypeError(`Cannot use format ${quote(format)}: it is neither "go" nor "java"`);
  }
  const text = tableText(table, form);
  const member = checksum
    ? `,${form.indent}"crc32":"${checksumOf(form.covered(table, text))}"`
    : "";
  return `{${form.indent}"offsetTable":${text}${member}${form.end}}`;
}

/** The text that the checksum covers: the table as Go writes it, in canonical order. */
export function canonicalText(table: OffsetTable): string {
  return tableText(table, FORMS.go);
}

interface Form {
  readonly key: (mq: MessageQueue) => string;
  /** The text that the checksum covers, given the table and its text in this form. */
  readonly covered: (table: OffsetTable, text: string) => string;
  /** Before each member of the wrapper. */
  readonly indent: string;
  /** Before the table's closing brace, if it has entries. */
  readonly tableEnd: string;
  /** Before the wrapper's closing brace. */
  readonly end: string;
}

const FORMS: Record<OffsetFileFormat, Form> = {
  go: { key: goKey, covered: (_, text) => text, indent: "", tableEnd: "", end: "" },
  java: { key: javaKey, covered: canonicalText, indent: "\n\t", tableEnd: "\n\t", end: "\n" },
};

function tableText(table: OffsetTable, { key, tableEnd }: Form): string {
  const entries: string[] = [];
  for (const [mq, offset] of table) entries.push(key(mq) + offset);
  return entries.length > 0 ? `{${entries.join(",")}${tableEnd}}` : "{}";
}

/** The key is JSON text that is written as a JSON string once more, hence the doubled escapes. */
function goKey({ topic, brokerName, queueId }: MessageQueue): string {
  return `"{\\"topic\\":${goName(topic)},\\"brokerName\\":${goName(brokerName)},` +
    `\\"queueId\\":${queueId}}":`;
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
function javaKey({ topic, brokerName, queueId }: MessageQueue): string {
  return `{\n\t\t\t"brokerName":"${javaName(brokerName)}",\n\t\t\t"queueId":${queueId},` +
    `\n\t\t\t"topic":"${javaName(topic)}"\n\t\t}:`;
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
