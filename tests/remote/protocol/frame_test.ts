import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { RemotingProtocolError } from "../../../src/remote/mod.ts";
import { encodeRequest, type Frame, ONE_WAY } from "../../../src/remote/protocol/frame.ts";
import { FrameDecoder } from "../../../src/remote/protocol/frame_decoder.ts";
import { INT32_MAX, INT32_MIN, wellFormed } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { type Reply, replyBytes } from "../../support/fake_server.ts";

const MAX = 1 << 20;
const int32 = fc.integer({ min: INT32_MIN, max: INT32_MAX });

/** Names that are special to an object come in, too. */
const fieldName = fc.oneof(wellFormed, fc.constantFrom("__proto__", "constructor", "1", ""));
const fields = fc.uniqueArray(fc.tuple(fieldName, wellFormed), { selector: ([name]) => name })
  .map((entries) => Object.fromEntries(entries));

const reply: fc.Arbitrary<Required<Reply>> = fc.record({
  code: int32,
  remark: wellFormed,
  fields,
  body: wellFormed,
});

const frames = fc.array(fc.tuple(int32, reply), { maxLength: 5 });

const decoded = ({ code, opaque, remark, fields, body }: Frame) => ({
  ...{ code, opaque, remark, fields: Object.fromEntries(fields) },
  body: Buffer.from(body).toString(),
});

const expected = (all: [number, Required<Reply>][]) =>
  all.map(([opaque, each]) => ({ opaque, ...each }));

/** Bytes in pieces of these lengths, again and again. */
function* cut(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length];
    yield bytes.subarray(at, at += length);
  }
}

/** A frame with this text for its header. */
function withHeader(header: string | Uint8Array, length?: number, type = 0): Uint8Array {
  const text = Buffer.from(header);
  const lengths = Buffer.alloc(8);
  lengths.writeInt32BE(4 + text.length, 0);
  lengths.writeInt32BE(length ?? text.length, 4);
  lengths[4] |= type;
  return Buffer.concat([lengths, text]);
}

test("frame: a request is encoded as it is written here", () => {
  const bytes = encodeRequest({ code: 14, fields: new Map([["queueId", "3"]]) }, 7, ONE_WAY);
  const header = '{"code":14,"flag":2,"language":"OTHER","opaque":7,' +
    '"serializeTypeCurrentRPC":"JSON","version":477,"extFields":{"queueId":"3"}}';
  const expected = Buffer.concat([
    Buffer.from([0, 0, 0, 4 + header.length, 0, 0, 0, header.length]),
    Buffer.from(header),
  ]);
  assert.deepEqual(Buffer.from(bytes), expected);
});

test("frame: what is encoded is decoded, whatever the fields", () => {
  check(fc.property(int32, int32, int32, fields, (code, opaque, flag, fields) => {
    const request = { code, fields: new Map(Object.entries(fields)) };
    const [frame, ...others] = new FrameDecoder(MAX).push(encodeRequest(request, opaque, flag));
    assert.deepEqual(others, []);
    assert.deepEqual(decoded(frame), { code, opaque, remark: undefined, fields, body: "" });
    assert.equal(frame.flag, flag);
  }));
});

test("frame: the same frames come out of bytes that are cut anywhere", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  check(fc.property(frames, lengths, (all, lengths) => {
    const bytes = Buffer.concat(all.map(([opaque, each]) => replyBytes(opaque, each)));
    const decoder = new FrameDecoder(MAX);
    const found = [...cut(bytes, lengths)].flatMap((piece) => decoder.push(piece));
    assert.deepEqual(found.map(decoded), expected(all));
  }));
});

test("frame: each single place of a cut is tried", () => {
  const all: [number, Required<Reply>][] = [1, 2].map((opaque) => [opaque, {
    ...{ code: 0, remark: "é", fields: { offset: "42" }, body: "{}" },
  }]);
  const bytes = Buffer.concat(all.map(([opaque, each]) => replyBytes(opaque, each)));
  for (let at = 0; at <= bytes.length; at++) {
    const decoder = new FrameDecoder(MAX);
    const found = [...decoder.push(bytes.subarray(0, at)), ...decoder.push(bytes.subarray(at))];
    assert.deepEqual(found.map(decoded), expected(all), `cut at ${at}`);
  }
});

test("frame: an answer without remark, fields or body is one", () => {
  for (const rest of ["", ',"remark":null,"extFields":null', ',"extFields":{"a":null}']) {
    const [frame] = new FrameDecoder(MAX).push(
      withHeader(`{"code":0,"flag":1,"opaque":9${rest}}`),
    );
    assert.deepEqual(decoded(frame), {
      ...{ code: 0, opaque: 9, remark: undefined, fields: {}, body: "" },
    });
  }
});

test("frame: what is no frame is refused, with what was found", () => {
  const header = '{"code":0,"flag":1,"opaque":1}';
  const cases: [Uint8Array, RegExp][] = [
    [Buffer.from([0, 0, 0, 3]), /a frame of 3 bytes/],
    [Buffer.from([0xff, 0xff, 0xff, 0xff]), /a frame of -1 bytes/],
    [Buffer.from("HTTP/1.1 400 Bad Request\r\n"), /a frame of 1213486160 bytes/],
    [withHeader(header, 31), /a header of 31 bytes/],
    [withHeader(header, undefined, 1), /a header of serialization 1/],
    [withHeader("{"), /a header that is no JSON/],
    [withHeader(Buffer.from([0x22, 0xff, 0x22])), /a header that is no JSON/],
    [withHeader("[]"), /header that is no object/],
    [withHeader("null"), /header that is no object/],
    [withHeader('{"flag":1,"opaque":1}'), /code that is no int32/],
    [withHeader('{"code":0.5,"flag":1,"opaque":1}'), /code that is no int32/],
    [withHeader('{"code":0,"flag":1,"opaque":2147483648}'), /opaque that is no int32/],
    [withHeader('{"code":0,"flag":"1","opaque":1}'), /flag that is no int32/],
    [withHeader('{"code":0,"flag":1,"opaque":1,"remark":1}'), /remark that is no text/],
    [withHeader('{"code":0,"flag":1,"opaque":1,"extFields":[]}'), /extFields that is no object/],
    [withHeader('{"code":0,"flag":1,"opaque":1,"extFields":{"a":1}}'), /a that is no text/],
  ];
  for (const [bytes, message] of cases) {
    const refused = { name: "RemotingProtocolError", message };
    assert.throws(() => new FrameDecoder(MAX).push(bytes), refused);
  }
});

test("frame: one that is too long is refused before its bytes come", () => {
  const length = Buffer.alloc(4);
  for (const [bytes, accepted] of [[MAX, true], [MAX + 1, false]] as const) {
    length.writeInt32BE(bytes);
    const push = () => new FrameDecoder(MAX).push(length);
    if (accepted) assert.deepEqual(push(), []);
    else assert.throws(push, RemotingProtocolError);
  }
});

test("frame: any bytes are frames, the beginning of one, or refused", () => {
  const near = fc.tuple(frames, fc.nat(), fc.integer({ min: 0, max: 255 })).map(
    ([all, at, byte]) => {
      const bytes = Buffer.concat(all.map(([opaque, each]) => replyBytes(opaque, each)));
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    },
  );
  const any = fc.oneof(near, fc.uint8Array({ maxLength: 64 }));
  let refused = 0;
  check(
    fc.property(any, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (bytes, cuts) => {
      const decoder = new FrameDecoder(MAX);
      try {
        for (const piece of cut(bytes, cuts)) decoder.push(piece);
      } catch (error) {
        refused++;
        assert.ok(error instanceof RemotingProtocolError, String(error));
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(refused > 50, `only ${refused} were refused`);
});

test("frame: a long frame in many pieces is put together once, not at each piece", () => {
  const bytes = replyBytes(1, { body: "x".repeat(1 << 20) });
  const pieces = [...cut(bytes, [1000])];
  const decoder = new FrameDecoder(2 << 20);
  const { set } = Uint8Array.prototype;
  let copied = 0;
  Uint8Array.prototype.set = function (from, at) {
    copied += from.length;
    set.call(this, from, at);
  };
  try {
    assert.equal(pieces.flatMap((piece) => decoder.push(piece)).length, 1);
  } finally {
    Uint8Array.prototype.set = set;
  }
  assert.ok(copied >= bytes.length && copied < 2 * bytes.length, `${copied} bytes were copied`);
});
