import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { RemoteBrokerOffsetStore, type RemoteOptions } from "../../../src/remote/mod.ts";
import { at, FakeCluster, GROUP } from "../../support/fake_cluster.ts";

const fixture = (name: string) =>
  readFile(new URL(`../../fixtures/tls/${name}`, import.meta.url), "utf8");
const CERTIFICATE = await fixture("certificate.pem");
const KEY = await fixture("key.pem");

const storeOn = (cluster: FakeCluster, more: Partial<RemoteOptions>) =>
  new RemoteBrokerOffsetStore({
    group: GROUP,
    nameServers: [cluster.nameServer.address],
    ...more,
  });

const SECRETS = new Map([["RocketMQ", "12345678"]]);

/** Refuses what is not signed as RocketMQ's access control wants it, as 5.x answers that. */
function checkAccess(cluster: FakeCluster): void {
  cluster.intercept = ({ fields: { Signature: signature, ...fields } }) => {
    const names = Object.keys(fields).sort((a, b) => a < b ? -1 : 1);
    const secret = SECRETS.get(fields.AccessKey) ?? "nobody knows";
    const content = names.map((name) => fields[name]).join("");
    const expected = createHmac("sha1", secret).update(content).digest("base64");
    return signature === expected ? undefined : { code: 16, remark: "check signature failed" };
  };
}

test("remote access: signed requests are taken, to the name server and to the broker", async () => {
  await using cluster = await FakeCluster.start();
  checkAccess(cluster);
  for (const securityToken of [undefined, "a-token"]) {
    const credentials = {
      ...{ accessKey: "RocketMQ", secretKey: "12345678" },
      ...(securityToken === undefined ? {} : { securityToken }),
    };
    const store = storeOn(cluster, { credentials });
    store.update(at(0), 5n, true);
    await store.persist();
    assert.equal(await store.read(at(0), "store"), 5n);
    await store.close();
  }
});

test("remote access: a wrong key or none is refused, and the refusal says what to check", async () => {
  await using cluster = await FakeCluster.start();
  checkAccess(cluster);
  const wrong = { accessKey: "RocketMQ", secretKey: "87654321" };
  for (const more of [{}, { credentials: wrong }]) {
    const store = storeOn(cluster, more);
    await assert.rejects(store.read(at(0), "store"), {
      name: "BrokerAnswerError",
      code: 16,
      message: /check signature failed; the access key lacks a right, or accessKey or secretKey/,
    });
    store.abandon();
  }
});

test("remote TLS: a certificate is checked against the authority that is given", async () => {
  await using cluster = await FakeCluster.start({ tls: { cert: CERTIFICATE, key: KEY } });
  for (
    const tls of [
      { ca: CERTIFICATE },
      { ca: [CERTIFICATE], serverName: "localhost" },
      { verify: false },
    ]
  ) {
    const store = storeOn(cluster, { tls });
    store.update(at(0), 5n, true);
    await store.persist();
    assert.equal(await store.read(at(0), "store"), 5n);
    await store.close();
  }
});

test("remote TLS: a server that cannot be trusted, or does not encrypt, gets no request", async () => {
  const plain = await FakeCluster.start();
  const encrypted = await FakeCluster.start({ tls: { cert: CERTIFICATE, key: KEY } });
  for (
    const [cluster, tls] of [
      [encrypted, true],
      [encrypted, { ca: CERTIFICATE, serverName: "somewhere.else" }],
      [plain, { ca: CERTIFICATE }],
    ] as const
  ) {
    const store = storeOn(cluster, { tls, timeoutMs: 400 });
    await assert.rejects(store.read(at(0), "store"), { name: "BrokerUnreachableError" });
    assert.equal(cluster.nameServer.requests.length, 0);
    store.abandon();
  }
  const store = storeOn(encrypted, { timeoutMs: 400 });
  await assert.rejects(store.read(at(0), "store"), /Cannot re/);
  store.abandon();
  await plain[Symbol.asyncDispose]();
  await encrypted[Symbol.asyncDispose]();
});
