import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteBrokerOffsetStore, type RemoteOptions } from "../../src/remote/mod.ts";

const GOOD: RemoteOptions = { group: "g", nameServers: ["127.0.0.1:9876"] };

/** What making a store with these options says. */
function refusal(more: Record<string, unknown>): string | undefined {
  try {
    new RemoteBrokerOffsetStore({ ...GOOD, ...more } as RemoteOptions).abandon();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

test("U6 remote: good options are taken", () => {
  for (
    const more of [
      {},
      { oneWay: true, parallel: 1, timeoutMs: 1, requestTimeoutMs: 2 ** 31 - 1 },
      { parallel: 1024, maxFrameBytes: 1024, tls: false },
      { credentials: { accessKey: "a", secretKey: "s", securityToken: "t" }, tls: true },
      { tls: {} },
      { tls: { ca: ["pem"], cert: "pem", key: "pem", serverName: "broker", verify: false } },
      { nameServers: ["a:1", "[::1]:9876", "a:1"], timeoutMs: undefined },
    ]
  ) {
    assert.equal(refusal(more), undefined, JSON.stringify(more));
  }
});

test("U6 remote: bad options are refused in our words", () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [
      { nameServer: "a:1" },
      /^TypeError: Cannot use option "nameServer": there is none of this name; use "nameServers"$/,
    ],
    [{ group: "" }, /^RangeError: Cannot use group "": it is empty/],
    [{ group: 7 }, /^TypeError: Cannot use group "7": it is not a string/],
    [{ group: "a@b" }, /^RangeError: Cannot use group "a@b": it holds "@"/],
    [{ group: "a b" }, /white space/],
    [{ group: "a\u0000" }, /control character/],
    [{ group: "\ud800" }, /^TypeError: .*lone surrogate/],
    [{ nameServers: [] }, /^TypeError: Cannot use nameServers "": it is no list/],
    [{ nameServers: "a:1;b:1" }, /^TypeError: Cannot use nameServers "a:1;b:1": it is no list/],
    [{ nameServers: ["a"] }, /^RangeError: Cannot use address "a": it is not host:port/],
    [{ oneWay: "no" }, /^TypeError: Cannot use oneWay "no": it is no boolean/],
    [{ parallel: 0 }, /^RangeError: Cannot use parallel "0": it is not an integer from 1 to 1024/],
    [{ parallel: 1025 }, /^RangeError/],
    [{ parallel: 1.5 }, /^RangeError/],
    [{ timeoutMs: "5" }, /^RangeError: Cannot use timeoutMs "5"/],
    [{ timeoutMs: 2 ** 31 }, /^RangeError/],
    [{ requestTimeoutMs: 0 }, /^RangeError/],
    [{ maxFrameBytes: 1023 }, /^RangeError/],
    [{ credentials: null }, /^TypeError: Cannot use credentials "null": it is no object/],
    [{ credentials: { accessKey: "a" } }, /^TypeError: Cannot use secretKey: it is no string/],
    [{ credentials: { accessKey: "", secretKey: "s" } }, /accessKey: it is empty/],
    [{ credentials: { accessKey: "a", secretKey: "s", token: "t" } }, /option "token"/],
    [{ credentials: { accessKey: "a", secretKey: "s", securityToken: 1 } }, /securityToken/],
    [{ tls: "yes" }, /^TypeError: Cannot use tls "yes": it is no object/],
    [
      { tls: { rejectUnauthorized: false } },
      /tls option "rejectUnauthorized": there is none of this name; the names are ca,/,
    ],
    [{ tls: { ca: [1] } }, /Cannot use ca: it is no string/],
    [{ tls: { key: "" } }, /Cannot use key: it is empty/],
    [{ tls: { verify: 0 } }, /Cannot use verify "0": it is no boolean/],
  ];
  for (const [more, message] of cases) assert.match(refusal(more) ?? "taken", message);
  // deno-lint-ignore no-explicit-any
  assert.throws(() => new RemoteBrokerOffsetStore(undefined as any), {
    name: "TypeError",
    message: 'Cannot use options "undefined": it is no object',
  });
});

test("U6 remote: a refusal never shows a secret", () => {
  for (const secretKey of [["hush"], { toString: () => "hush" }]) {
    assert.doesNotMatch(refusal({ credentials: { accessKey: "a", secretKey } })!, /hush/);
  }
});
