/** Texts of offset files that no client writes: good ones, and bad ones. */
import type { Arbitrary } from "fast-check";
import { fc } from "../lib/fast_check.ts";
import type { MessageQueue, OffsetFileFormat, OffsetTable } from "../../src/core/mod.ts";

/** A file without the member that follows the table, if it has one: readers skip it. */
export function withoutChecksum(text: string): string {
  return text.replace(/,\s*"crc32":"[0-9a-f]{8}"(?=\s*\}$)/, "");
}

/** Another way to write a table down. */
export interface Layout {
  readonly name: string;
  write(table: OffsetTable, format: OffsetFileFormat): string;
}

interface Style {
  readonly space: string;
  readonly fields: readonly (keyof MessageQueue)[];
  readonly before: string;
  readonly after: string;
  readonly duplicate: boolean;
}

const PLAIN: Style = {
  space: "",
  fields: ["topic", "brokerName", "queueId"],
  before: "",
  after: "",
  duplicate: false,
};

const STYLES: Record<string, Partial<Style>> = {
  "white space": { space: " \n\t" },
  "other field order": { fields: ["queueId", "brokerName", "topic"] },
  "an unknown member before": { before: '"version":{"a":[1,null,"x"]},' },
  "an unknown member after": { after: ',"version":true' },
  "duplicate keys, of which the last counts": { duplicate: true },
};

function write(table: OffsetTable, format: OffsetFileFormat, style: Style): string {
  const { space } = style;
  const entry = ([mq, offset]: readonly [MessageQueue, bigint]) => {
    const fields = style.fields.map((field) =>
      `${space}${JSON.stringify(field)}${space}:${space}${JSON.stringify(mq[field])}${space}`
    );
    const object = `{${fields.join(",")}}`;
    const key = format === "go" ? JSON.stringify(object) : object;
    return `${space}${key}${space}:${space}${offset}${space}`;
  };
  const stale = style.duplicate ? [...table].map(([mq, offset]) => entry([mq, offset / 2n])) : [];
  const entries = [...stale, ...[...table].map(entry)].join(",");
  return `${space}{${space}${style.before}"offsetTable"${space}:${space}{${entries}}` +
    `${space}${style.after}}${space}`;
}

export const otherLayout: Arbitrary<Layout> = fc.constantFrom(
  ...Object.entries(STYLES).map(([name, style]): Layout => ({
    name,
    write: (table, format) => write(table, format, { ...PLAIN, ...style }),
  })),
);

type Text = (good: string) => Uint8Array;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Makes a bad text from a good one with the offset 42. */
export const badTexts: Arbitrary<Text> = fc.constantFrom<Text>(
  (good) => utf8(good.replace(":42", ":42.5")),
  (good) => utf8(good.replace(":42", ':"42"')),
  (good) => utf8(good.replace(":42", ":9223372036854775808")),
  (good) => utf8(good.replace(":42", ":true")),
  (good) => utf8(good + "}"),
  (good) => utf8(good + good),
  (good) => utf8(good.replace("offsetTable", "offsets")),
  (good) => utf8("\ufeff" + good),
);
