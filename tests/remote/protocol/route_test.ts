import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRoute } from "../../../src/remote/protocol/route.ts";
import { parseAddress } from "../../../src/remote/protocol/address.ts";
import { wellFormed } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const parse = (text: string) => parseRoute(new TextEncoder().encode(text));

/** What a name server 4.9.7 answers to a client that does not ask for standard JSON. */
const FROM_4_9_7 = '{"brokerDatas":[{"brokerAddrs":{0:"127.0.0.1:10911"},"brokerName":"broker-a",' +
  '"cluster":"DefaultCluster"}],"filterServerTable":{},"queueDatas":[{"brokerName":"broker-a",' +
  '"perm":6,"readQueueNums":1,"topicSysFlag":0,"writeQueueNums":1}]}';

test("route: keys that are numbers are read, with quotation marks and without", () => {
  const expected = new Map([["broker-a", "127.0.0.1:10911"]]);
  assert.deepEqual(parse(FROM_4_9_7), expected);
  assert.deepEqual(parse(FROM_4_9_7.replace("{0:", '{"0":')), expected);
});

test("route: only the master's address is taken", () => {
  const text = `{"brokerDatas":[
    {"brokerName":"both","brokerAddrs":{1:"10.0.0.2:1",0:"10.0.0.1:1", 12 : "10.0.0.3:1"}},
    {"brokerName":"slave","brokerAddrs":{"1":"10.0.0.2:1"}},
    {"brokerName":"none","brokerAddrs":{}}]}`;
  assert.deepEqual(
    parse(text),
    new Map([["both", "10.0.0.1:1"], ["slave", undefined], ["none", undefined]]),
  );
});

test("route: numbers in front of a colon stay as they are inside of a string", () => {
  const name = fc.oneof(wellFormed, fc.constantFrom('{0:"', ",1:", '\\"{0:', "{0:1", "\\", '"'));
  check(fc.property(fc.uniqueArray(name), fc.boolean(), (names, spaced) => {
    const space = spaced ? " \n" : "";
    const brokers = names.map((each, i) => {
      const addresses = `{${space}0${space}:"127.0.0.1:${i + 1}",1:"127.0.0.1:9"}`;
      return `{"brokerAddrs":${addresses},"brokerName":${JSON.stringify(each)}}`;
    });
    const expected = new Map(names.map((each, i) => [each, `127.0.0.1:${i + 1}`]));
    assert.deepEqual(parse(`{"brokerDatas":[${brokers}]}`), expected);
  }));
});

test("route: what is none is refused", () => {
  const broker = (text: string) => `{"brokerDatas":[${text}]}`;
  for (
    const text of [
      ...["", "{", "null", "[]", "{}", '{"brokerDatas":{}}', '{"brokerDatas":[{0:"}', '"\\'],
      ...["null", "1", '{"brokerName":"a"}', '{"brokerAddrs":{}}'].map(broker),
      broker('{"brokerName":"a","brokerAddrs":null}'),
      broker('{"brokerName":"a","brokerAddrs":{"0":1}}'),
      broker('{"brokerName":"a","brokerAddrs":{"0":null}}'),
      broker('{"brokerName":"a","brokerAddrs":{"0":"nowhere"}}'),
      broker('{"brokerName":1,"brokerAddrs":{"0":"10.0.0.1:1"}}'),
    ]
  ) {
    assert.throws(() => parse(text), { name: "RemotingProtocolError" }, text);
  }
});

test("address: a host and a port are separated, IPv6 in brackets or not", () => {
  const cases = {
    "127.0.0.1:9876": ["127.0.0.1", 9876],
    "localhost:1": ["localhost", 1],
    "[::1]:65535": ["::1", 65535],
    "::1:9876": ["::1", 9876],
  };
  for (const [text, [host, port]] of Object.entries(cases)) {
    assert.deepEqual(parseAddress(text), { host, port });
  }
  for (const text of ["", "a", "a:", ":1", "a:0", "a:65536", "a:1x", "a b:1", "a:-1", "[a:1"]) {
    assert.throws(() => parseAddress(text), {
      name: "RangeError",
      message: `Cannot use address ${JSON.stringify(text)}: it is not host:port`,
    });
  }
});
