import { OffsetTable, serialize } from "../../../src/core/mod.ts";
import type { Random } from "../../lib/random.ts";
import { EDGE_NAMES, EDGE_OFFSETS, INT32_MAX, INT32_MIN } from "../../lib/arbitraries.ts";

/** The changes of a file; a run must meet each of them often. */
export const KINDS = [
  "as written",
  "bytes",
  "cut",
  "tokens",
  "white space",
  "duplicate",
  "order of fields",
  "unknown members",
  "nesting",
  "encoding",
  "numbers",
] as const;

export type Kind = typeof KINDS[number];

/** A file that was made, and what was done to it. */
export interface Input {
  readonly kinds: readonly Kind[];
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

const TOKENS = [
  ...[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"',
    "\\",
    "null",
    "true",
    "false",
    "0",
    "-",
    "-0",
    "1.0",
    "1e3",
  ],
  ...['""', '"offsetTable"', '"crc32"', '"topic"', '\\"queueId\\":', "01", "9223372036854775808"],
  ...["\ufeff", "\0", "\u2028", "\\u0000", "{}", "[]", '"a":1', "__proto__", "\\ud800", "/**/"],
];

const NUMBERS = [
  ...["0", "-0", "1", "-1", "01", "1.", "1.0", "1e2", "-", "+1", "0x1", "1_0", '"1"', "null", ""],
  ...["9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808"],
  ...["-9223372036854775809", "2147483647", "2147483648", "-2147483649", "99999999999999999999999"],
];

/** Makes a valid file, and mostly does something to it. */
export function generate(random: Random): Input {
  const kind = random.pick(KINDS);
  let text = write(random);
  if (kind === "as written") return { kinds: [kind], bytes: encoder.encode(text) };
  const kinds: Kind[] = [kind];
  text = changeText(random, kind, text);
  if (random.chance(0.2)) {
    kinds.push(random.pick(KINDS));
    text = changeText(random, kinds[1], text);
  }
  let bytes: Uint8Array = encoder.encode(text);
  for (const each of kinds) bytes = changeBytes(random, each, bytes);
  return { kinds, bytes };
}

function name(random: Random): string {
  if (random.chance(0.5)) return random.pick(EDGE_NAMES);
  if (random.chance(0.5)) return `topic-${random.below(3)}`;
  return String.fromCodePoint(...Array.from({ length: random.below(4) }, () => {
    const code = random.below(random.pick([0x80, 0x800, 0xd800]));
    return code;
  }));
}

function write(random: Random): string {
  const size = random.pick([0, 1, 1, 2, 3, 8]);
  const table = OffsetTable.from(Array.from({ length: size }, () => [
    {
      topic: name(random),
      brokerName: name(random),
      queueId: random.pick([0, 1, 2, 10, -1, INT32_MIN, INT32_MAX]),
    },
    random.chance(0.7) ? random.pick(EDGE_OFFSETS) : BigInt(random.below(1e6)),
  ]));
  return serialize(table, {
    format: random.chance(0.7) ? "go" : "java",
    checksum: random.chance(0.5),
  });
}

function changeText(random: Random, kind: Kind, text: string): string {
  const at = random.below(text.length + 1);
  const insert = (what: string, place = at) => text.slice(0, place) + what + text.slice(place);
  switch (kind) {
    case "tokens": {
      const end = random.chance(0.5) ? at : Math.min(text.length, at + random.below(6));
      return text.slice(0, at) + random.pick(TOKENS) + text.slice(end);
    }
    case "white space":
      // Mostly where it may be.
      return text.replace(
        /[{}:,]/g,
        (c) => random.chance(0.2) ? c + random.pick([" ", "\n", "\t", "\r\n", "\v", "\u00a0"]) : c,
      );
    case "duplicate":
      return duplicate(random, text);
    case "order of fields":
      return text.replace(
        /\\"topic\\":(\\".*?\\"),\\"brokerName\\":(\\".*?\\"),\\"queueId\\":(-?\d+)/g,
        String.raw`\"queueId\":$3,\"x\":[null,{}],\"brokerName\":$2,\"topic\":$1`,
      );
    case "unknown members": {
      const value = random.pick(['{"a":[1,{"b":null}]}', "[]", '"x"', "-1.5e-3", "tru", "{1:2}"]);
      const member = `"${random.pick(["x", "", "__proto__", "offsetTable"])}":${value}`;
      return random.chance(0.5)
        ? text.replace("{", `{${member},`)
        : text.replace(/\}$/, `,${member}}`);
    }
    case "nesting": {
      const depth = random.pick([1, 2, 30, 400]);
      const [open, close] = random.pick([["[", "]"], ['{"a":', "}"], ['[{"b":', "}]"]]);
      const ends = random.chance(0.8) ? depth : depth - 1;
      return text.replace(/\}$/, `,"n":${open.repeat(depth)}1${close.repeat(ends)}}`);
    }
    case "numbers": {
      const numbers = [...text.matchAll(/-?\d+(?=[,}])/g)];
      if (numbers.length === 0) return insert(random.pick(NUMBERS));
      const { index, 0: { length } } = random.pick(numbers);
      return text.slice(0, index) + random.pick(NUMBERS) + text.slice(index + length);
    }
    default:
      return text;
  }
}

/** An entry once more, or once more with another offset, or the whole table, or the checksum. */
function duplicate(random: Random, text: string): string {
  const entries = [...text.matchAll(/"\{.*?\}":-?\d+/g)].map(([entry]) => entry);
  if (entries.length === 0) return text.replace(/\}$/, ',"offsetTable":{}}');
  const entry = random.pick(entries);
  const again = random.chance(0.5) ? entry : entry.replace(/\d+$/, String(random.below(1000)));
  return text.replace(random.pick(entries), (found) => `${found},${again}`);
}

function changeBytes(random: Random, kind: Kind, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  switch (kind) {
    case "bytes": {
      const changed = bytes.slice();
      for (let times = 1 + random.below(3); times > 0; times--) {
        const place = random.below(changed.length);
        changed[place] = random.chance(0.5)
          ? changed[place] ^ (1 << random.below(8))
          : random.below(256);
      }
      return changed;
    }
    case "cut": {
      if (random.chance(0.5)) return bytes.slice(0, at);
      const tail = random.pick([[0], [0, 0, 0, 0], [0x20], [0x7d], [0xff]]);
      return Uint8Array.from([...bytes.subarray(0, at), ...tail]);
    }
    case "encoding": {
      const odd = random.pick([[0xef, 0xbb, 0xbf], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff], [
        0xe2,
        0x82,
      ]]);
      const place = random.chance(0.3) ? 0 : at;
      return Uint8Array.from([...bytes.subarray(0, place), ...odd, ...bytes.subarray(place)]);
    }
    default:
      return bytes;
  }
}
