import { parseAliOns } from "../../../src/core/mod.ts";
import { type Refusal, testRefusals } from "./refusals.ts";

const table = (entries: string): string => `{"offsetTable":{${entries}}}`;
const KEY = JSON.stringify('[topic="t", brokerName="b", queueId="0"]');
const inKey = (key: string): string => table(`^${JSON.stringify(key)}:1`);
const NOT_A_KEY = 'the key is not [topic="…", brokerName="…", queueId="…"]';
const NEGATIVE = "an offset is less than -1";
const ROUNDED = "an offset is greater than 2^53 - 1, and the client has rounded it";

const WRAPPER: readonly Refusal[] = [
  ["^", 'expected "{" to open the file, found the end'],
  ["^null", 'expected "{" to open the file, found "n"'],
  [`^\ufeff${table("")}`, "the text begins with a byte order mark"],
  [`${table("")} ^x`, 'expected the end, found "x"'],
  ["{}^", 'the file has no "offsetTable"'],
  ['{"x":{"offsetTable":{}}}^', 'the file has no "offsetTable"'],
  ['{"offsetTable":^null}', 'expected "{" to open the offset table, found "n"'],
  ['{"offsetTable":{},"offsetTable":^{}}', 'the file has a second "offsetTable"'],
  ['{"offsetTable":{}^', 'expected "}" or "," in the file, found the end'],
];

const ENTRY: readonly Refusal[] = [
  [table("^7:1"), 'expected a queue as a string, found "7"'],
  [table(`${KEY}:1,^`), 'expected a queue as a string, found "}"'],
  [table(`${KEY}^`), 'expected ":" after a queue, found "}"'],
  [table(`${KEY}:1 ^${KEY}:2`), String.raw`expected "}" or "," in the offset table, found "\""`],
  [table(`${KEY}:1, ^${KEY}:1`), "the queue is there twice"],
  [table(`${KEY}:-1,^${KEY}:1`), "the queue is there twice"],
  [table(`${KEY}:^null`), 'expected an offset as an integer, found "n"'],
  [table(`${KEY}:^"7"`), String.raw`expected an offset as an integer, found "\""`],
  [table(`${KEY}:^1.5`), "an offset is not written as an integer"],
  [table(`${KEY}:^1e+21`), "an offset is not written as an integer"],
  [table(`${KEY}:^-2`), NEGATIVE],
  [table(`${KEY}: ^-9223372036854775808`), NEGATIVE],
  [table(`${KEY}:^9007199254740992`), ROUNDED],
  [table(`${KEY}: ^9223372036854775807`), ROUNDED],
  [table(`${KEY}:^9223372036854776000`), "an offset is not an int64"],
];

const KEYS: readonly Refusal[] = [
  [inKey(""), NOT_A_KEY],
  [inKey('{"topic":"t","brokerName":"b","queueId":0}'), NOT_A_KEY],
  [inKey('topic="t", brokerName="b", queueId="0"'), NOT_A_KEY],
  [inKey(' [topic="t", brokerName="b", queueId="0"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="0"]\n'), NOT_A_KEY],
  [inKey('[topic="t",brokerName="b",queueId="0"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId=""]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="undefined"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="00"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="-0"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="+1"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="1.0"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="10000000000"]'), NOT_A_KEY],
  [inKey('[topic="t", brokerName="b", queueId="2147483648"]'), "a queue id is not an int32"],
  [inKey('[topic="t", brokerName="b", queueId="-2147483649"]'), "a queue id is not an int32"],
  [inKey('[topic="t", brokername="b", queueId="0"]'), 'the key has no brokerName="…"'],
  [
    inKey('[topic="x", brokerName="y", brokerName="z", queueId="0"]'),
    "the key can be read as several queues",
  ],
  [
    inKey('[topic="", brokerName=", brokerName="", queueId="0"]'),
    "the key can be read as several queues",
  ],
  [
    inKey('[topic="\ud800", brokerName="b", queueId="0"]'),
    "a name in the key holds a lone surrogate",
  ],
  [
    inKey('[topic="t", brokerName="\udc00", queueId="0"]'),
    "a name in the key holds a lone surrogate",
  ],
  [
    table(`^{"topic":"t","brokerName":"b","queueId":0}:1`),
    'expected a queue as a string, found "{"',
  ],
  [table(String.raw`^"\x":1`), "bad escape or control character in a string"],
];

testRefusals([...WRAPPER, ...ENTRY, ...KEYS], "ali-ons: parseAliOns()", parseAliOns);
