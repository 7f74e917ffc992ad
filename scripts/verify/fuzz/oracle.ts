/**
 * A second definition of an offset file, written in another way than the parser: all tokens by
 * one regular expression, then a tree, then the rules on the tree. Slow, and short enough to check.
 */
import { crc32 } from "node:zlib";
import type { MessageQueue, Offset } from "../../../src/core/mod.ts";

/** The entries of a table, the last of each queue, in no particular order. */
export type Entries = Map<string, readonly [MessageQueue, Offset]>;

export const keyOf = (mq: MessageQueue): string =>
  JSON.stringify([mq.topic, mq.brokerName, mq.queueId]);

/** Thrown for whatever is no offset file. */
class Refusal extends Error {}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

type Tree =
  | { readonly kind: "scalar"; readonly text: string; readonly start: number; readonly end: number }
  | {
    readonly kind: "object" | "array";
    readonly members: readonly (readonly [key: Tree, value: Tree])[];
    readonly start: number;
    readonly end: number;
  };

const TOKEN =
  /[ \t\n\r]*([{}[\]:,]|"(?:[^"\\]|\\[^])*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|$)/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new Refusal("no token");
    at = TOKEN.lastIndex;
    tokens.push({ text: match[1], start: at - match[1].length, end: at });
    if (match[1] === "") return tokens;
    // `01` and `1x` would otherwise be two tokens without anything between them.
    if (/[\w"]$/.test(match[1]) && /[\w".+-]/.test(text.charAt(at))) throw new Refusal("runs on");
  }
}

/** `objectKeys` is how deep an object may be a key: Java's form has them in the table alone. */
class TreeReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  whole(readValue: (name: string) => Tree): [string, Tree][] {
    const members = this.object(() => this.scalar(), (key) => readValue(decodeString(key)));
    this.expect("");
    return members.map(([key, value]) => [decodeString(key), value]);
  }

  table(): Tree {
    const { start } = this.#tokens[this.#at];
    const members = this.object(
      () => this.#tokens[this.#at].text === "{" ? this.value() : this.scalar(),
      () => this.scalar(),
    );
    return { kind: "object", members, start, end: this.#tokens[this.#at - 1].end };
  }

  value(): Tree {
    const token = this.#tokens[this.#at];
    if (token.text === "{") {
      const members = this.object(() => this.scalar(), () => this.value());
      members.forEach(([key]) => decodeString(key));
      return { ...token, kind: "object", members, end: this.#tokens[this.#at - 1].end };
    }
    if (token.text === "[") {
      const members = this.list("[", "]", () => [token, this.value()] as const);
      return {
        kind: "array",
        members: members.map(([, value]) => [value, value] as const),
        start: token.start,
        end: this.#tokens[this.#at - 1].end,
      };
    }
    const scalar = this.scalar();
    if (scalar.kind === "scalar" && scalar.text.startsWith('"')) decodeString(scalar);
    return scalar;
  }

  object(key: () => Tree, value: (key: Tree) => Tree): (readonly [Tree, Tree])[] {
    return this.list("{", "}", () => {
      const name = key();
      this.expect(":");
      return [name, value(name)] as const;
    });
  }

  list<T>(open: string, close: string, item: () => T): T[] {
    const items: T[] = [];
    this.expect(open);
    if (this.#tokens[this.#at].text === close) {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(item());
      const { text } = this.#tokens[this.#at++];
      if (text === close) return items;
      if (text !== ",") throw new Refusal("no comma");
    }
  }

  scalar(): Tree {
    const token = this.#tokens[this.#at++];
    if (token === undefined || /^[{}[\]:,]?$/.test(token.text)) throw new Refusal("no scalar");
    return { kind: "scalar", ...token };
  }

  expect(text: string): void {
    if (this.#tokens[this.#at++]?.text !== text) throw new Refusal(`no ${text}`);
  }
}

function decodeString(tree: Tree): string {
  if (tree.kind !== "scalar" || !tree.text.startsWith('"')) throw new Refusal("no string");
  try {
    return JSON.parse(tree.text);
  } catch {
    throw new Refusal("bad string");
  }
}

function integerOf(tree: Tree, bits: number): bigint {
  if (tree.kind !== "scalar" || !/^-?\d+$/.test(tree.text)) throw new Refusal("no integer");
  const value = BigInt(tree.text);
  if (BigInt.asIntN(bits, value) !== value) throw new Refusal("too large");
  return value;
}

function queueOf(tree: Tree): MessageQueue {
  if (tree.kind !== "object") throw new Refusal("no queue");
  const found = new Map<string, string | number>();
  for (const [key, value] of tree.members) {
    const name = decodeString(key);
    if (name === "queueId") found.set(name, Number(integerOf(value, 32)));
    if (name === "topic" || name === "brokerName") {
      const text = decodeString(value);
      if (/\p{Surrogate}/u.test(text)) throw new Refusal("lone surrogate");
      found.set(name, text);
    }
  }
  const [topic, brokerName, queueId] = ["topic", "brokerName", "queueId"].map((n) => found.get(n));
  if (typeof topic !== "string" || typeof brokerName !== "string" || typeof queueId !== "number") {
    throw new Refusal("a field is missing");
  }
  return { topic, brokerName, queueId };
}

function entriesOf(table: Tree): Entries {
  const entries: Entries = new Map();
  if (table.kind !== "object") throw new Refusal("no table");
  for (const [key, value] of table.members) {
    const mq = key.kind === "object" ? queueOf(key) : queueOf(inner(decodeString(key)));
    entries.set(keyOf(mq), [mq, integerOf(value, 64)]);
  }
  return entries;
}

function inner(text: string): Tree {
  const reader = new TreeReader(text);
  const tree = reader.value();
  reader.expect("");
  return tree;
}

/** The text that a checksum may cover though the file is laid out in another way. */
function canonical(entries: Entries): string {
  const compare = (a: string | number, b: string | number) => a < b ? -1 : a > b ? 1 : 0;
  const sorted = [...entries.values()].sort(([a], [b]) =>
    compare(a.topic, b.topic) || compare(a.brokerName, b.brokerName) ||
    compare(a.queueId, b.queueId)
  );
  // Go's encoder knows no \b and \f, and escapes for HTML's sake.
  const go = (name: string) =>
    JSON.stringify(name)
      .replace(/\\[^]/g, (c) => c === "\\b" ? "\\u0008" : c === "\\f" ? "\\u000c" : c)
      .replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `{${
    sorted.map(([{ topic, brokerName, queueId }, offset]) => {
      const key = `{"topic":${go(topic)},"brokerName":${go(brokerName)},"queueId":${queueId}}`;
      return `${JSON.stringify(key)}:${offset}`;
    }).join(",")
  }}`;
}

/** The entries that bytes hold; `undefined` if they are no offset file. */
export function oracle(bytes: Uint8Array): Entries | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const reader = new TreeReader(text);
    const tables: Entries[] = [];
    const members = reader.whole((name) =>
      name === "offsetTable" ? reader.table() : reader.value()
    );
    let [table, sum]: [Tree | undefined, Tree | undefined] = [undefined, undefined];
    for (const [name, value] of members) {
      if (name === "offsetTable") [table] = [value, tables.push(entriesOf(value))];
      if (name === "crc32") sum = value;
    }
    const entries = tables.at(-1);
    if (table === undefined || entries === undefined) return undefined;
    if (sum === undefined) return entries;
    const sums = [text.slice(table.start, table.end), canonical(entries)].map((covered) =>
      `"${crc32(new TextEncoder().encode(covered)).toString(16).padStart(8, "0")}"`
    );
    return sums.includes(text.slice(sum.start, sum.end)) ? entries : undefined;
  } catch (error) {
    if (error instanceof Refusal || error instanceof TypeError) return undefined;
    throw error;
  }
}
