import { type Refusal, testRefusals } from "./refusals.ts";

const found = (what: string, char: string) =>
  `expected ${what}, found ${char === "" ? "the end" : JSON.stringify(char)}`;
const value = (char: string) => found("a value", char);
const name = (char: string) => found("a member's name as a string", char);
const colon = (char: string) => found('":" after a member\'s name', char);
const NO_END = "the string that begins here has no end";
const BAD = "bad escape or control character in a string";

/** Values that stand for a member which is not ours, up to the fault. */
const VALUES: readonly Refusal[] = [
  ["^", value("")],
  ["^}", value("}")],
  ["^,", value(",")],
  ["^nul", value("n")],
  ["^True", value("T")],
  ["^undefined", value("u")],
  ["^NaN", value("N")],
  ["^Infinity", value("I")],
  ["^+1", value("+")],
  ["^.5", value(".")],
  ["^-", value("-")],
  ["^-x", value("-")],
  ["^'x'", value("'")],
  ["[^", value("")],
  ["[^,", value(",")],
  ["[1,^]", value("]")],
  ["[1,^,2]", value(",")],
  ["[^}", value("}")],
  ["[1^", found('"," or "]"', "")],
  ["[1^}", found('"," or "]"', "}")],
  ["[1 ^2]", found('"," or "]"', "2")],
  ["[[1]^", found('"," or "]"', "")],
  ["[[],[]^:", found('"," or "]"', ":")],
  ["[{}^", found('"," or "]"', "")],
  ["{^", name("")],
  ["{^]", name("]")],
  ["{^a:1}", name("a")],
  ["{^1:1}", name("1")],
  ["{^,", name(",")],
  ['{"a"^}', colon("}")],
  ['{"a" ^1}', colon("1")],
  ['{"a"^', colon("")],
  ['{"a":^}', value("}")],
  ['{"a":^', value("")],
  ['{"a":1^', found('"," or "}"', "")],
  ['{"a":1^]', found('"," or "}"', "]")],
  ['{"a":1,^}', name("}")],
  ['{"a":1,^1}', name("1")],
  ['{"a":1,"b"^', colon("")],
  ['{"a":[]^', found('"," or "}"', "")],
  ['{"a":[1^}', found('"," or "]"', "}")],
  ['[{"a":1}^}', found('"," or "]"', "}")],
];

/** Text behind a whole value is not part of it. */
const AFTER: readonly Refusal[] = [
  ["0^1", "1"],
  ["-0^9", "9"],
  ["1^.", "."],
  ["1.5^.5", "."],
  ["1^.e5", "."],
  ["1^e", "e"],
  ["1^e+", "e"],
  ["true^x", "x"],
  ["null ^null", "n"],
  ["[]^]", "]"],
  ["{} ^{}", "{"],
  ['"x"^"y"', '"'],
  ["1 ^/* */", "/"],
];

const STRINGS: readonly Refusal[] = [
  ['^"', NO_END],
  ['^"abc', NO_END],
  ['^"abc\\"', NO_END],
  ['^"abc\\\\\\"', NO_END],
  ['[0, ^"]', NO_END],
  ['{^"a', NO_END],
  ['^"\\x"', BAD],
  ['^"\\u12"', BAD],
  ['^"\\u12G4"', BAD],
  ['^"\\U0041"', BAD],
  ['^"\n"', BAD],
  ['^"\t"', BAD],
  ['^"\0"', BAD],
  ['^"\u001f"', BAD],
  ['["", ^"\r"]', BAD],
  ['{^"\\a":1}', BAD],
];

const closed = 'expected "}" or "," in the file, found ';

testRefusals([
  ...[...VALUES, ...STRINGS].map(([marked, reason]): Refusal => [`{"x": ${marked}`, reason]),
  ...AFTER.map(([marked, char]): Refusal => [`{"x":${marked}`, closed + JSON.stringify(char)]),
  ['{^"offsetTable', NO_END],
  ['{"offsetTable":{^"', NO_END],
  ['{"offsetTable":{^"\\', NO_END],
  ['{"offsetTable":{^"\\q":1}}', BAD],
]);
