import { type Refusal, testRefusals } from "./refusals.ts";

const q = (inner: string): string => JSON.stringify(inner);
const table = (entries: string): string => `{"offsetTable":{${entries}}}`;
const INNER = '{"topic":"t","brokerName":"b","queueId":0}';
const KEY = q(INNER);
/** As a string the fault's place is the key's, as an object it is the place itself. */
const inKey = (inner: string): string => table(`^${q(inner)}:1`);
const notQueue = (reason: string): string => `the key is not a message queue, ${reason}`;

const WRAPPER: readonly Refusal[] = [
  ["^", 'expected "{" to open the file, found the end'],
  ["  ^", 'expected "{" to open the file, found the end'],
  ["^null", 'expected "{" to open the file, found "n"'],
  ["^[]", 'expected "{" to open the file, found "["'],
  ["^😀", 'expected "{" to open the file, found "😀"'],
  ["^\ud800", String.raw`expected "{" to open the file, found "\ud800"`],
  ["^\0\0\0\0", String.raw`expected "{" to open the file, found "\u0000"`],
  ["^\u00a0{}", 'expected "{" to open the file, found "\u00a0"'],
  ["^\v{}", String.raw`expected "{" to open the file, found "\u000b"`],
  [`^\ufeff${table("")}`, "the text begins with a byte order mark"],
  [`${table("")}^\ufeff`, 'expected the end, found "\ufeff"'],
  [`${table("")} ^x`, 'expected the end, found "x"'],
  [`${table("")}^${table("")}`, 'expected the end, found "{"'],
  ["{}^", 'the file has no "offsetTable"'],
  ['{"offsettable":{}}^', 'the file has no "offsetTable"'],
  ['{"x":{"offsetTable":{}}}^', 'the file has no "offsetTable"'],
  ["{^", "expected a member's name as a string, found the end"],
  ["{^offsetTable:{}}", 'expected a member\'s name as a string, found "o"'],
  ['{"offsetTable" ^{}}', 'expected ":" after a member\'s name, found "{"'],
  ['{"offsetTable":^', 'expected "{" to open the offset table, found the end'],
  ['{"offsetTable":^null}', 'expected "{" to open the offset table, found "n"'],
  ['{"offsetTable":^[]}', 'expected "{" to open the offset table, found "["'],
  ['{"offsetTable":{}^', 'expected "}" or "," in the file, found the end'],
  ['{"offsetTable":{}^]', 'expected "}" or "," in the file, found "]"'],
  ['{"offsetTable":{},^}', 'expected a member\'s name as a string, found "}"'],
  ['{^,"offsetTable":{}}', 'expected a member\'s name as a string, found ","'],
  ["^// a comment", 'expected "{" to open the file, found "/"'],
];

const ENTRY: readonly Refusal[] = [
  ['{"offsetTable":{^', "expected a queue as a string, found the end"],
  [table("^7:1"), 'expected a queue as a string, found "7"'],
  [table("^[]:1"), 'expected a queue as a string, found "["'],
  [table(`${KEY}:1,^`), 'expected a queue as a string, found "}"'],
  [table(`${KEY}^`), 'expected ":" after a queue, found "}"'],
  [table(`${KEY} ^1`), 'expected ":" after a queue, found "1"'],
  [table(`${KEY}:1 ^${KEY}:2`), String.raw`expected "}" or "," in the offset table, found "\""`],
  [table(`${KEY}:^`), 'expected an offset as an integer, found "}"'],
  [table(`${KEY}:^"1"`), String.raw`expected an offset as an integer, found "\""`],
  [table(`${KEY}: ^null`), 'expected an offset as an integer, found "n"'],
  [table(`${KEY}:^+1`), 'expected an offset as an integer, found "+"'],
  [table(`${KEY}:^.5`), 'expected an offset as an integer, found "."'],
  [table(`${KEY}:^-`), 'expected an offset as an integer, found "-"'],
  [table(`${KEY}:^--1`), 'expected an offset as an integer, found "-"'],
  [table(`${KEY}:^1.0`), "an offset is not written as an integer"],
  [table(`${KEY}:^1.`), "an offset is not written as an integer"],
  [table(`${KEY}:^1e3`), "an offset is not written as an integer"],
  [table(`${KEY}:^1E3`), "an offset is not written as an integer"],
  [table(`${KEY}:^01`), "an offset is not written as an integer"],
  [table(`${KEY}:^-09`), "an offset is not written as an integer"],
  [table(`${KEY}:0^x10`), 'expected "}" or "," in the offset table, found "x"'],
  [table(`${KEY}:1^_000`), 'expected "}" or "," in the offset table, found "_"'],
  [table(`${KEY}:1^n`), 'expected "}" or "," in the offset table, found "n"'],
  [table(`${KEY}:^9223372036854775808`), "an offset is not an int64"],
  [table(`${KEY}:^-9223372036854775809`), "an offset is not an int64"],
  [table(`${KEY}:^18446744073709551616`), "an offset is not an int64"],
  [table(`${KEY}:^10000000000000000000`), "an offset is not an int64"],
  [table(`${KEY}:^1${"0".repeat(100_000)}`), "an offset is not an int64"],
  [table(`${KEY}:^-1${"0".repeat(100_000)}.5`), "an offset is not an int64"],
];

/** Faults of a queue: `^` is their place in an object key. */
const QUEUE: readonly Refusal[] = [
  ["^{}", 'a message queue has no "topic"'],
  ['^{"brokerName":"b","queueId":0}', 'a message queue has no "topic"'],
  ['^{"topic":"t","queueId":0}', 'a message queue has no "brokerName"'],
  ['^{"topic":"t","brokerName":"b"}', 'a message queue has no "queueId"'],
  ['^{"__proto__":{"topic":"t"},"brokerName":"b","queueId":0}', 'a message queue has no "topic"'],
  ['{"topic":^null}', 'expected a topic as a string, found "n"'],
  ['{"brokerName":^0}', 'expected a broker name as a string, found "0"'],
  ['{"queueId":^"0"}', String.raw`expected a queue id as an integer, found "\""`],
  ['{"queueId":^1.0}', "a queue id is not written as an integer"],
  ['{"queueId":^2147483648}', "a queue id is not an int32"],
  ['{"queueId":^-2147483649}', "a queue id is not an int32"],
  ['{"queueId":^4294967296}', "a queue id is not an int32"],
  ['{"topic": ^"\\ud800"}', "a topic holds a lone surrogate"],
  ['{"topic":^"\\udc00\\ud800"}', "a topic holds a lone surrogate"],
  ['{"brokerName":^"\udbff"}', "a broker name holds a lone surrogate"],
  ['{"topic":^"\\x"}', "bad escape or control character in a string"],
  ['{"topic"^}', 'expected ":" after a member\'s name, found "}"'],
  ['{"topic":"t"^;}', 'expected "}" or "," in a message queue, found ";"'],
  ['{"topic":"t",^}', 'expected a member\'s name as a string, found "}"'],
];

const KEYS: readonly Refusal[] = [
  [inKey(""), notQueue('expected "{" to open a message queue, found the end')],
  [inKey("t"), notQueue('expected "{" to open a message queue, found "t"')],
  [inKey(`${INNER}x`), notQueue('expected the end of the key, found "x"')],
  [inKey(`${INNER} ${INNER}`), notQueue('expected the end of the key, found "{"')],
  [inKey(INNER.slice(0, -1)), notQueue('expected "}" or "," in a message queue, found the end')],
  [inKey(q(INNER)), notQueue(String.raw`expected "{" to open a message queue, found "\""`)],
  [table(`${KEY}:1, ^"[]":2`), notQueue('expected "{" to open a message queue, found "["')],
];

testRefusals([
  ...WRAPPER,
  ...ENTRY,
  ...KEYS,
  ...QUEUE.map(([marked, reason]): Refusal => [table(`${marked}:1`), reason]),
  ...QUEUE.map(([marked, reason]): Refusal => [inKey(marked.replace("^", "")), notQueue(reason)]),
]);
