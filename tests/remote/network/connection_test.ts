import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { BrokerUnreachableError } from "../../../src/remote/mod.ts";
import { Connection } from "../../../src/remote/network/connection.ts";
import { Deadline } from "../../../src/remote/network/deadline.ts";
import { Session, type SessionSettings } from "../../../src/remote/network/session.ts";
import { check } from "../../support/check.ts";
import { FakeServer, replyBytes } from "../../support/fake_server.ts";
import { until } from "../../support/until.ts";

const SETTINGS: SessionSettings = {
  requestTimeoutMs: 5000,
  maxFrameBytes: 1 << 16,
  tls: undefined,
};
const request = (name: string) => ({ code: 1, fields: new Map([["name", name]]) });
const closed = new Error("closed by the test");

async function connected(server: FakeServer, settings = SETTINGS): Promise<Session> {
  return await Session.open(server.address, settings);
}

test("session: answers that come in any order find their requests", async () => {
  const property = fc.asyncProperty(
    fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
    async (order, pieces) => {
      const waiting = new Map<number, () => void>();
      await using server = await FakeServer.start(async ({ fields }) => {
        await new Promise<void>((resolve) => waiting.set(Number(fields.name), resolve));
        return { fields: { echo: fields.name } };
      });
      const session = await connected(server);
      const answers = order.toSorted().map((name) => session.request(request(String(name))));
      await until(() => waiting.size === 8);
      server.writing = { pieces };
      for (const name of order) waiting.get(name)!();
      const echoes = await Promise.all(answers);
      assert.deepEqual(echoes.map(({ fields }) => fields.get("echo")), [..."01234567"]);
      session.close(closed);
    },
  );
  await check(property, { numRuns: 20 });
});

test("session: frames that arrive at once are separated", async () => {
  const opaques: number[] = [];
  await using server = await FakeServer.start(({ opaque }) => {
    opaques.push(opaque);
    if (opaques.length < 3) return "silence";
    return Buffer.concat(
      opaques.toReversed().map((each) => replyBytes(each, { code: each, body: `body ${each}` })),
    );
  });
  const session = await connected(server);
  const answers = await Promise.all(["a", "b", "c"].map((name) => session.request(request(name))));
  assert.deepEqual(answers.map(({ code }) => code), opaques);
  assert.deepEqual(
    answers.map(({ body }) => Buffer.from(body).toString()),
    opaques.map((each) => `body ${each}`),
  );
  session.close(closed);
});

test("session: what is no answer to a request of ours is passed over", async () => {
  await using server = await FakeServer.start(({ opaque }) => {
    const notice = replyBytes(opaque, { code: 40 });
    const text = notice.toString("latin1").replace(`"flag":1`, `"flag":2`);
    const asRequest = Buffer.from(text, "latin1");
    return Buffer.concat([
      asRequest,
      replyBytes(opaque + 1000, {}),
      replyBytes(opaque, {
        code: 7,
      }),
    ]);
  });
  const session = await connected(server);
  assert.equal((await session.request(request("a"))).code, 7);
  session.close(closed);
});

test("session: a connection that ends fails what was sent, and says so", async () => {
  await using server = await FakeServer.start(() => "close");
  const session = await connected(server);
  const [first, second] = await Promise.allSettled([
    session.request(request("a")),
    session.request(request("b")),
  ]);
  for (const each of [first, second]) {
    const { reason } = each as PromiseRejectedResult;
    assert.ok(reason instanceof BrokerUnreachableError);
    assert.deepEqual([reason.address, reason.sent], [server.address, true]);
  }
  assert.equal(session.isOpen, false);
  await assert.rejects(session.request(request("c")), { sent: false });
  await assert.rejects(session.send(request("c")), { sent: false });
});

test("session: garbage ends it with an error of the protocol", async () => {
  await using server = await FakeServer.start(() =>
    Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")
  );
  const session = await connected(server);
  await assert.rejects(session.request(request("a")), {
    name: "RemotingProtocolError",
    message: /a frame of 1213486160 bytes/,
  });
  assert.equal(session.isOpen, false);
});

test("session: a frame over the limit ends it", async () => {
  const body = "x".repeat(SETTINGS.maxFrameBytes);
  await using server = await FakeServer.start(() => ({ body }));
  const session = await connected(server);
  await assert.rejects(session.request(request("a")), { name: "RemotingProtocolError" });
});

test("session: silence ends a request after its time, and the session with it", async () => {
  await using server = await FakeServer.start(() => "silence");
  const session = await connected(server, { ...SETTINGS, requestTimeoutMs: 30 });
  await assert.rejects(session.request(request("a")), {
    name: "BrokerUnreachableError",
    message: /no answer within 30 ms; the request may have arrived/,
    sent: true,
  });
  assert.equal(session.isOpen, false);
});

test("session: silence over several short requests ends it, too", async () => {
  await using server = await FakeServer.start(() => "silence");
  const session = await connected(server, { ...SETTINGS, requestTimeoutMs: 200 });
  for (let i = 0; i < 30 && session.isOpen; i++) {
    await assert.rejects(session.request(request("a"), 10), { sent: true });
  }
  assert.equal(session.isOpen, false);
});

test("session: a late answer, or another's, keeps it open", async () => {
  let slow: (() => void) | undefined;
  await using server = await FakeServer.start(async ({ fields }) => {
    if (fields.name === "slow") await new Promise<void>((resolve) => slow = resolve);
    return { fields: { echo: fields.name } };
  });
  const session = await connected(server, { ...SETTINGS, requestTimeoutMs: 300 });
  const first = assert.rejects(session.request(request("slow")), { sent: true });
  await until(() => slow !== undefined);
  await session.request(request("quick"));
  await first;
  assert.equal(session.isOpen, true);
  slow!();
  assert.equal((await session.request(request("again"))).fields.get("echo"), "again");
  session.close(closed);
});

test("session: nobody listens, or nothing answers the handshake", async () => {
  const server = await FakeServer.start(() => "silence");
  await server.stop();
  await assert.rejects(Session.open(server.address, SETTINGS), {
    name: "BrokerUnreachableError",
    sent: false,
  });
  await using silent = await FakeServer.start(() => "silence");
  await assert.rejects(
    Session.open(silent.address, { ...SETTINGS, requestTimeoutMs: 50, tls: {} }),
    { message: /no connection within 50 ms/ },
  );
});

test("session: what is sent one way arrives, even if it is closed right after", async () => {
  await using server = await FakeServer.start(() => ({}));
  const session = await connected(server);
  for (let i = 0; i < 20; i++) await session.send(request(String(i)));
  session.close(closed);
  await until(() => server.requests.length === 20);
  assert.ok(server.requests.every(({ flag }) => flag === 2));
  await until(() => server.openConnections === 0);
});

test("connection: all callers share a session, and a new one follows a lost one", async () => {
  await using server = await FakeServer.start(() => ({}));
  const connection = new Connection(server.address, SETTINGS);
  const deadline = new Deadline(5000);
  const [first, second] = await Promise.all([
    connection.session(deadline),
    connection.session(deadline),
  ]);
  assert.equal(first, second);
  await first.request(request("a"));
  server.drop();
  await until(() => !first.isOpen);
  assert.equal(connection.restUntil, 0, "a server that has answered is asked again at once");
  const third = await connection.session(deadline);
  assert.notEqual(third, first);
  assert.equal(server.connections, 2);
  connection.close(closed);
  deadline.end();
});

test("connection: after each failure in a row it rests twice as long", async () => {
  const server = await FakeServer.start(() => ({}));
  await server.stop();
  const connection = new Connection(server.address, SETTINGS);
  const deadline = new Deadline(5000);
  for (const longest of [100, 200, 400, 800]) {
    const before = performance.now();
    await assert.rejects(connection.session(deadline), { sent: false });
    const after = performance.now();
    // Half of it is left to chance.
    assert.ok(connection.restUntil >= before + longest / 2, `at least ${longest / 2} ms`);
    assert.ok(connection.restUntil <= after + longest, `at most ${longest} ms`);
  }
  deadline.end();
});

test("connection: one that takes connections and answers nothing has failed, too", async () => {
  await using server = await FakeServer.start(() => "close");
  const connection = new Connection(server.address, SETTINGS);
  const deadline = new Deadline(5000);
  const session = await connection.session(deadline);
  await assert.rejects(session.request(request("a")));
  assert.ok(connection.restUntil > 0);
  deadline.end();
});

test("connection: once it is closed, no attempt leaves a connection behind", async () => {
  const server = await FakeServer.start(() => ({}));
  const deadline = new Deadline(5000);
  const opening = new Connection(server.address, SETTINGS);
  const session = opening.session(deadline);
  opening.close(closed);
  assert.equal((await session).isOpen, false);
  await until(() => server.connections === 1 && server.openConnections === 0);

  await server.stop();
  const resting = new Connection(server.address, SETTINGS);
  await assert.rejects(resting.session(deadline), { name: "BrokerUnreachableError" });
  const waiting = resting.session(deadline);
  resting.close(closed);
  await server.listen();
  await assert.rejects(waiting, closed);
  assert.equal(server.connections, 1);
  await server.stop();
  deadline.end();
});

test("connection: a caller that leaves does not end the others' attempt", async () => {
  await using server = await FakeServer.start(() => ({}));
  const connection = new Connection(server.address, SETTINGS);
  const controller = new AbortController();
  const [impatient, patient] = [new Deadline(5000, [controller.signal]), new Deadline(5000)];
  const left = assert.rejects(connection.session(impatient), { message: "left" });
  const stayed = connection.session(patient);
  controller.abort(new Error("left"));
  await left;
  assert.equal((await stayed).isOpen, true);
  connection.close(closed);
  await assert.rejects(connection.session(patient), closed);
  for (const each of [impatient, patient]) each.end();
});
