/** Error messages: short, whatever is in the files and in the calls. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetFileCorruptError, type OpenOptions, parse, serialize } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DiskProcess, MAIN } from "./disk_process.ts";
import { runTool } from "./run_tool.ts";

/** A path may have 4096 bytes, and a message two of them; nothing else may be so long. */
const LONGEST = 10_000;
const HUGE = "x".repeat(50_000);

/** The error of an action. */
async function errorOf(act: () => unknown): Promise<Error> {
  try {
    await act();
  } catch (error) {
    return error as Error;
  }
  return assert.fail("it does not fail");
}

async function expectShort(act: () => unknown, story: string): Promise<void> {
  const { message } = await errorOf(act);
  assert.ok(message.length <= LONGEST, `${story}: a message of ${message.length} characters`);
  assert.ok(message.length > 20, story);
}

const KEY = '"{\\"topic\\":\\"t\\",\\"brokerName\\":\\"b\\",\\"queueId\\":0}"';

/** Texts that are no offset file. */
const TEXTS: Record<string, string> = {
  "checksum that is an array": `{"offsetTable":{},"crc32":["${HUGE}"]}`,
  "checksum that is a string": `{"offsetTable":{},"crc32":"${HUGE}"}`,
  "checksum that is a number": `{"offsetTable":{},"crc32":1${"0".repeat(50_000)}}`,
  "offset of very many digits": `{"offsetTable":{${KEY}:${"9".repeat(50_000)}}}`,
  "offset that is a string": `{"offsetTable":{${KEY}:"${HUGE}"}}`,
  "key that is no queue": `{"offsetTable":{"${HUGE}":1}}`,
  "queue id of very many digits": `{"offsetTable":{${
    KEY.replace(":0}", `:${"9".repeat(50_000)}}`)
  }:1}}`,
  "table that is a string": `{"offsetTable":"${HUGE}"}`,
  "name of a member": `{"${HUGE}":}`,
};

for (const [what, text] of Object.entries(TEXTS)) {
  test(`S5 L4 a file with a huge ${what} gives a short error`, async () => {
    await expectShort(() => parse(text), "parse");
    const disk = await diskWith({ "offset.json": text });
    await expectShort(() => new DiskProcess(disk).open(), "open");
    const backed = await diskWith({
      "offset.json": text.slice(0, -1),
      "offset.json.bak": serialize(tableOf(1)),
    });
    const { loadOutcome } = await new DiskProcess(backed).open();
    for (const { reason } of loadOutcome.faults) assert.ok(reason.length <= LONGEST, "fault");
    for (const command of ["verify", "show", "rescue"]) {
      const { out, err } = await runTool(new DiskProcess(disk), command, MAIN);
      assert.ok(
        out.length + err.length <= 3 * LONGEST,
        `${command} prints ${out.length + err.length}`,
      );
    }
  });
}

test("L4 an error about very many files names some of them", async () => {
  const faults = Array.from({ length: 10_000 }, (_, n) => ({
    path: `/var/offsets/client/group/offset.json.${n}.tmp`,
    reason: "it is empty",
  }));
  await expectShort(() => {
    throw new OffsetFileCorruptError(MAIN, faults);
  }, "OffsetFileCorruptError");
});

/** Calls with huge arguments, of wrong types where a type checker would object. */
const CALLS: Record<string, (process: DiskProcess) => unknown> = {
  "client id": (process) => process.open({ clientId: `${HUGE}/` }),
  "group": (process) => process.open({ group: `${HUGE}\ud800` }),
  "format": (process) => process.open({ format: HUGE } as unknown as OpenOptions),
  "journal": (process) => process.open({ journal: HUGE } as unknown as OpenOptions),
  "compactAtBytes": (process) =>
    process.open({ journal: { compactAtBytes: HUGE } } as unknown as OpenOptions),
  "topic": async (process) =>
    (await process.open()).update({ ...queue(0), topic: `${HUGE}\ud800` }, 1, true),
  "broker name": async (process) =>
    (await process.open()).peek({ ...queue(0), brokerName: `${HUGE}\ud800` }),
  "queue id": async (process) =>
    (await process.open()).peek({ ...queue(0), queueId: HUGE as unknown as number }),
  "offset": async (process) => (await process.open()).update(queue(0), 10n ** 20_000n, true),
  "offset that is a string": async (process) =>
    (await process.open()).update(queue(0), HUGE as unknown as bigint, true),
  "type of a read": async (process) =>
    await (await process.open()).read(queue(0), HUGE as unknown as "memory"),
};

for (const [what, call] of Object.entries(CALLS)) {
  test(`U6 a call with a huge ${what} gives a short error`, async () => {
    await expectShort(async () => await call(new DiskProcess(await diskWith())), what);
  });
}
