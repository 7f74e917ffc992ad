/** The import of the files that ali-ons itself wrote. */
import assert from "node:assert/strict";
import { mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable, parse, serialize } from "../../mod.ts";
import { withLocalOffsets } from "../../src/ali_ons/mod.ts";
import { OPTION_NAMES } from "../../src/file/store/check_options.ts";
import { resolveOptions } from "../../src/ali_ons/options.ts";
import { aliOnsText } from "../support/ali_ons_writer.ts";
import { check } from "../support/check.ts";
import { FaultyFileSystem } from "../support/faulty_file_system.ts";
import type { Message } from "./fake_broker.ts";
import { Consumer, queue, Setup, TOPIC, turns, until } from "./setup.ts";

const OLD = "offsets.json";
const table = (...offsets: number[]) =>
  OffsetTable.from(offsets.map((offset, id) => [queue(id), offset] as const));

/** Starts a consumer and lets it read; the first messages that it gets. */
async function start(setup: Setup, adapter = {}): Promise<Consumer> {
  const consumer = setup.consumer(adapter);
  consumer.subscribe(TOPIC, "*", async () => {});
  await consumer.ready();
  return consumer;
}

test("ali-ons: a new store takes over the old file, which stays as it is", async () => {
  await using setup = await Setup.make(3);
  const text = aliOnsText(table(4, 0, 2));
  await setup.write(OLD, text);
  for (const id of [0, 1, 2]) {
    for (let i = 0; i < 5; i++) setup.broker.send(TOPIC, id, `${id}:${i}`);
  }
  const handled: string[] = [];
  const consumer = setup.consumer();
  consumer.subscribe(TOPIC, "*", async ({ body }: Message) => void handled.push(body));
  await consumer.ready();
  // Durable before the first message was handled; for queue 1 the file does not say where it was.
  assert.deepEqual(await setup.durable(), { 0: 4, 2: 2 });
  await until(() => handled.length === 4, "four messages");
  await turns(5);
  await consumer.close();
  assert.deepEqual(handled.sort(), ["0:4", "2:2", "2:3", "2:4"]);
  assert.equal(await setup.text(OLD), text);
});

test("ali-ons: a store that has files of its own imports nothing", async () => {
  await using setup = await Setup.make(2);
  await setup.write(OLD, aliOnsText(table(4, 5)));
  await setup.write("offset.json", serialize(table(1)));
  await start(setup);
  assert.deepEqual(await setup.durable(), { 0: 1 });
});

test("ali-ons: the second start does not import again", async () => {
  await using setup = await Setup.make(1);
  await setup.write(OLD, aliOnsText(table(4)));
  const first = await start(setup);
  // The queue has no message, so the broker sets the offset back.
  await until(async () => {
    await first.persistConsumerOffset();
    return (await setup.durable())[0] === 0;
  }, "the broker's offset");
  await first.close();
  await (await start(setup)).close();
  assert.deepEqual(await setup.durable(), { 0: 0 });
});

test("ali-ons: an import that fails leaves nothing behind, and the next start imports", async () => {
  await using setup = await Setup.make(1);
  for (let i = 0; i < 5; i++) setup.broker.send(TOPIC, 0, String(i));
  await setup.write(OLD, aliOnsText(table(4)));
  const faulty = new FaultyFileSystem();
  faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC" }];
  await assert.rejects(start(setup, { fileSystem: faulty.fileSystem }), /ENOSPC/);
  assert.deepEqual(await setup.durable(), {});
  await start(setup);
  assert.deepEqual(await setup.durable(), { 0: 4 });
});

test("ali-ons: an old file that cannot be read whole is an error that says what to do", async () => {
  const texts = ["", '{"offsetTable":{', serialize(table(1)), aliOnsText([[queue(0), 2n ** 60n]])];
  for (const text of texts) {
    await using setup = await Setup.make(1);
    await setup.write(OLD, text);
    await assert.rejects(start(setup), (error: Error) => {
      assert.ok(
        error.message.includes(`Cannot import offsets from ${JSON.stringify(setup.path(OLD))}: `) &&
          error.message.endsWith('or set "importFrom" to false to start without it'),
        error.message,
      );
      const cause = (error.cause as Error).cause as Error;
      assert.equal(cause.name, "OffsetFileSyntaxError");
      return true;
    });
    await assert.rejects(stat(setup.path()), { code: "ENOENT" });
    assert.equal(await setup.text(OLD), text);

    await start(setup, { importFrom: false });
  }
});

test("ali-ons: what is no regular file is refused, not waited for", async () => {
  await using setup = await Setup.make(1);
  await mkdir(setup.path(OLD), { recursive: true });
  await assert.rejects(start(setup), /it is not a regular file/);
});

test("ali-ons: the old file may lie elsewhere", async () => {
  await using setup = await Setup.make(1);
  await using other = await Setup.make(1);
  for (let i = 0; i < 5; i++) setup.broker.send(TOPIC, 0, String(i));
  await other.write(OLD, aliOnsText(table(3)));
  await start(setup, { importFrom: other.root });
  assert.deepEqual([await setup.durable(), await other.durable()], [{ 0: 3 }, {}]);
});

test("ali-ons: both directories are by default the one that ali-ons uses", () => {
  const own = join(homedir(), ".rocketmq_offsets_node");
  assert.deepEqual(resolveOptions({}), {
    importFrom: own,
    persistEachMessage: false,
    drainTimeoutMs: 5000,
    store: { root: own, journal: false, exclusive: true },
  });
  assert.deepEqual(resolveOptions({ root: "/r", importFrom: false, persistEachMessage: true }), {
    importFrom: false,
    persistEachMessage: true,
    drainTimeoutMs: 5000,
    store: { root: "/r", journal: true, exclusive: true },
  });
  const given = { journal: false, persistEachMessage: true, root: undefined } as const;
  assert.deepEqual(resolveOptions({ ...given, exclusive: false }).store, {
    root: own,
    journal: false,
    exclusive: false,
  });
  assert.equal(
    resolveOptions({ journal: undefined, persistEachMessage: true }).store.journal,
    true,
  );
});

test("ali-ons: every old file is imported whole", async () => {
  const offset = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(2 ** 53 - 1, 2 ** 31));
  await check(
    fc.asyncProperty(fc.array(offset, { minLength: 1, maxLength: 4 }), async (offsets) => {
      await using setup = await Setup.make(1);
      await setup.write(OLD, aliOnsText(table(...offsets)));
      const consumer = setup.consumer();
      await consumer._offsetStore.load();
      const text = await setup.text("offset.json").catch(() => '{"offsetTable":{}}');
      const kept = [...table(...offsets)].filter(([, each]) => each > 0n);
      assert.deepEqual([...parse(text)], kept);
    }),
    { numRuns: 30 },
  );
});

test("ali-ons: options of the wrong type are refused when the class is made", () => {
  const setHere = ["clientId", "group", "format", "persistEveryMs"];
  const passedOn = OPTION_NAMES.filter((name) => !setHere.includes(name));
  const cases = [
    [
      { importFrom: "" },
      TypeError,
      'Cannot use importFrom "": it is empty; leave it out for the default, or pass a directory',
    ],
    ...["importFrom", "root"].map((name) => [
      { [name]: "~/offsets" },
      TypeError,
      `Cannot use ${name} "~/offsets": only a shell replaces "~"; ` +
      "pass the path of the home directory itself, homedir()",
    ]),
    [
      { persistEachMesage: true },
      TypeError,
      'Cannot use option "persistEachMesage": there is none of this name; use "persistEachMessage"',
    ],
    [
      { format: "java" },
      TypeError,
      'Cannot use option "format": there is none of this name; the names are ' +
      ["importFrom", "persistEachMessage", "drainTimeoutMs", ...passedOn].join(", "),
    ],
    [
      { importFrom: true },
      TypeError,
      'Cannot use importFrom "true": it is not a string; pass the path of a directory',
    ],
    [
      { persistEachMessage: 1 },
      TypeError,
      'Cannot use persistEachMessage "1": it is not a boolean',
    ],
    ...[-1, 1.5, 2 ** 31, NaN, "1"].map((drainTimeoutMs) => [
      { drainTimeoutMs },
      RangeError,
      `Cannot use drainTimeoutMs "${drainTimeoutMs}": it is not an integer from 0 to 2147483647`,
    ]),
  ] as [object, ErrorConstructor, string][];
  for (const [options, type, message] of cases) {
    assert.throws(() => withLocalOffsets(Consumer, options), (error: Error) => {
      assert.ok(error instanceof type);
      assert.equal(error.message, message);
      return true;
    });
  }
});
