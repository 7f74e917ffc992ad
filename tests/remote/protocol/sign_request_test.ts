import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { signRequest } from "../../../src/remote/protocol/sign_request.ts";
import { wellFormed } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const FIELDS = [
  ["consumerGroup", "orders-group"],
  ["topic", "orders"],
  ["queueId", "3"],
  ["bname", "broker-a"],
  ["commitOffset", "9223372036854775807"],
] as const;

const signature = (fields: Iterable<readonly [string, string]>, credentials: {
  accessKey: string;
  secretKey: string;
  securityToken?: string;
}) => signRequest({ code: 15, fields: new Map(fields) }, credentials).fields.get("Signature");

test("signature: it is that of Java's AclClientRPCHook, 5.5.0", () => {
  const more = [...FIELDS, ["～z", "fullwidth"], ["😀", "emoji é漢"], ["Z", "upper"]] as const;
  const secret = { accessKey: "RocketMQ", secretKey: "12345678 é" };
  assert.equal(signature(more, secret), "9qCyEbMpdyh0M6a6Wwf1wZcBX+A=");
  const token = { accessKey: "RocketMQ", secretKey: "12345678", securityToken: "a-token" };
  assert.equal(signature(FIELDS, token), "nrhH7fBK3AJ4dgOmPONTciz2NmA=");
});

test("signature: it does not depend on the order of the fields, and the secret is not sent", () => {
  const fields = fc.uniqueArray(fc.tuple(wellFormed, wellFormed), { selector: ([name]) => name });
  check(fc.property(fields, wellFormed, (fields, secretKey) => {
    const credentials = { accessKey: "a", secretKey: `secret${secretKey}` };
    const request = { code: 15, fields: new Map(fields) };
    const signed = signRequest(request, credentials);
    const backwards = signRequest({ code: 15, fields: new Map(fields.toReversed()) }, credentials);
    assert.equal(signed.fields.get("Signature"), backwards.fields.get("Signature"));
    const all = new Map([...fields, ["AccessKey", "a"] as const]);
    const names = [...all.keys()].sort((a, b) => a < b ? -1 : 1);
    const content = names.map((name) => all.get(name)).join("");
    const hmac = createHmac("sha1", credentials.secretKey).update(content).digest("base64");
    assert.deepEqual(new Map(signed.fields), new Map([...all, ["Signature", hmac]]));
    assert.deepEqual(request.fields, new Map(fields), "the request was changed");
  }));
});
