import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkAnswer, ERROR_KINDS } from "../../scripts/conformance/check_answer.ts";
import type { Answer, Request } from "../../scripts/conformance/protocol.ts";
import { BadAnswer } from "../../scripts/conformance/verdict.ts";
import { check, inProportion } from "../support/check.ts";

const MQ = { topic: "a", brokerName: "b", queueId: 0 };
const ROOT = "/tmp/root";

const REQUESTS: readonly Request[] = [
  { op: "hello" },
  { op: "open", root: ROOT, clientId: "c", group: "g" },
  { op: "update", mq: MQ, offset: "1", increaseOnly: false },
  { op: "freeze", mq: MQ, offset: "1" },
  { op: "read", mq: MQ, type: "memory" },
  { op: "persist" },
  { op: "remove", mq: MQ },
  { op: "offsets", topic: "a" },
  { op: "close" },
];

const GOOD: Record<Request["op"], unknown> = {
  hello: { ok: true, name: "n", version: "1", profile: "go", format: "java" },
  open: { ok: true, path: `${ROOT}/c/g/offset.json`, outcome: "fresh" },
  update: { ok: true },
  freeze: { ok: false, error: "unsupported" },
  read: { ok: true, offset: "-9223372036854775808" },
  persist: { ok: false, error: "persist", message: "it is full" },
  remove: { ok: true, more: [1] },
  offsets: { ok: true, offsets: [{ mq: MQ, offset: "9223372036854775807" }] },
  close: { ok: true },
};

/** Answers that the protocol does not allow, with the rule that the message names. */
const BAD: readonly [Request["op"], unknown, RegExp][] = [
  ...[undefined, null, 42, "ok", [], true].map((value): [Request["op"], unknown, RegExp] => [
    "persist",
    value,
    /the answer is a JSON object/,
  ]),
  ["persist", {}, /"ok" is true or false/],
  ["persist", { ok: "true" }, /"ok" is true or false/],
  ["persist", { ok: false }, /"error" is one of corrupt, load/],
  ["persist", { ok: false, error: "EIO" }, /"error" is one of/],
  ["persist", { ok: false, error: "other", message: 5 }, /"message" is a text/],
  ["hello", { ok: true, name: 1, format: "go" }, /"name" is a text/],
  ["hello", { ok: true, version: 1, format: "go" }, /"version" is a text/],
  ["hello", { ok: true, profile: [], format: "go" }, /"profile" is a text/],
  ["hello", { ok: true }, /"format" is "go" or "java"/],
  ["open", { ok: true, path: 5 }, /"path" is an absolute path below root/],
  ...["/etc/passwd", "c/g", "", ROOT, `${ROOT}x/y`, `${ROOT}/../y`, `${ROOT}/a/../b`, "/"]
    .map((path): [Request["op"], unknown, RegExp] => [
      "open",
      { ok: true, path },
      /"path" is an absolute path below root/,
    ]),
  ["open", { ok: true, outcome: "great" }, /"outcome" is one of/],
  ["read", { ok: true }, /"offset" is an int64/],
  ...[42, null, "42.5", "", " 42", "0x2a", "4e1", "--1", "9223372036854775808", "9".repeat(5000)]
    .map((offset): [Request["op"], unknown, RegExp] => [
      "read",
      { ok: true, offset },
      /"offset" is an int64 as decimal digits in a JSON string/,
    ]),
  ["offsets", { ok: true }, /"offsets" is an array/],
  ["offsets", { ok: true, offsets: { 0: 1 } }, /"offsets" is an array/],
  ["offsets", { ok: true, offsets: [null] }, /has "mq"/],
  ["offsets", { ok: true, offsets: [{ offset: "1" }] }, /has "mq"/],
  ["offsets", { ok: true, offsets: [{ mq: { ...MQ, queueId: "0" }, offset: "1" }] }, /has "mq"/],
  ["offsets", { ok: true, offsets: [{ mq: MQ }] }, /has "offset"/],
];

const requestOf = (op: Request["op"]) => REQUESTS.find((request) => request.op === op)!;

test("an answer that is as the protocol says is taken as it is", () => {
  for (const request of REQUESTS) {
    assert.equal(checkAnswer(request, GOOD[request.op]), GOOD[request.op]);
  }
  for (const error of ERROR_KINDS) checkAnswer(REQUESTS[0], { ok: false, error });
});

test("an answer that breaks a rule of the protocol is refused, and the message names the rule", () => {
  for (const [op, value, rule] of BAD) {
    const refused = (error: unknown) => {
      assert.ok(error instanceof BadAnswer, String(error));
      assert.match(error.expected, rule);
      assert.ok(error.happened.length < 300);
      return true;
    };
    assert.throws(() => checkAnswer(requestOf(op), value), refused, JSON.stringify(value));
  }
});

/** Members of answers, with values that are nearly right. */
const member = fc.oneof(
  fc.constantFrom<unknown>("go", "fresh", "other", "1", "42.5", `${ROOT}/f`, "/etc", MQ, true),
  fc.jsonValue(),
  fc.array(fc.record({ mq: fc.constantFrom<unknown>(MQ, 5), offset: fc.constantFrom("1", 1) })),
);
const nearAnswer = fc.record({
  ok: fc.oneof({ weight: 5, arbitrary: fc.boolean() }, { weight: 1, arbitrary: fc.jsonValue() }),
  ...Object.fromEntries(
    ["error", "message", "path", "outcome", "offset", "offsets", "name", "format"]
      .map((name) => [name, member]),
  ),
}, { requiredKeys: [] });

test("any answer is either refused as a bad answer, or has every member that its request needs", () => {
  let taken = 0;
  let refused = 0;
  check(
    fc.property(fc.constantFrom(...REQUESTS), fc.oneof(nearAnswer, fc.jsonValue()), (r, value) => {
      let answer: Answer;
      try {
        answer = checkAnswer(r, value);
      } catch (error) {
        assert.ok(error instanceof BadAnswer, String(error));
        refused++;
        return;
      }
      taken++;
      assert.equal(typeof answer.ok, "boolean");
      if (!answer.ok) return;
      if (r.op === "read") BigInt(answer.offset!);
      if (r.op === "offsets") {
        answer.offsets!.forEach(({ mq, offset }) => [mq.topic, BigInt(offset)]);
      }
      if (r.op === "open") assert.ok(answer.path === undefined || answer.path.startsWith(ROOT));
    }),
    { numRuns: 2000 },
  );
  assert.ok(
    taken > inProportion(50) && refused > inProportion(100),
    `${taken} taken, ${refused} refused`,
  );
});
