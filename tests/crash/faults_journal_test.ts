/** The faults of a journal; `tests/FAULTS.md` lists all faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetConflictError, OffsetFileCorruptError, serialize } from "../../mod.ts";
import { generation } from "../../scripts/verify/crash/generations.ts";
import { encode } from "../../scripts/verify/crash/peers.ts";
import { diskWith, leftByKilled } from "../../scripts/verify/disk/prepare.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { wrap } from "../../scripts/verify/disk/replace_calls.ts";
import { MAIN, shippedStore } from "../../scripts/verify/crash/writer.ts";

const QUEUES = 2;
const JOURNAL = `${MAIN}.journal`;
const writer = shippedStore(QUEUES, { journal: { compactAtBytes: 1e6 } });

/** Generation 1 in main, and 2 and 3 in the journal of a process that was killed. */
async function killed() {
  const fs = new SimulatedFileSystem(await leftByKilled(3));
  const text = new TextDecoder().decode((await fs.readFile(JOURNAL)).bytes).replace(/\0+$/, "");
  const [header, first, second] = text.split(/(?<=\n)/);
  return { fs, header, first, second };
}

async function write(fs: SimulatedFileSystem, path: string, content: string | Uint8Array) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await (await fs.truncate(path)).write(bytes, 0);
}

const tails: Record<string, (record: string) => string> = {
  "a torn record": (record) => record.slice(0, -1),
  zeros: (record) => "\0".repeat(record.length),
  garbage: (record) => record.slice(0, 40) + "]}\u0001{x\n",
};

for (const [what, tail] of Object.entries(tails)) {
  test(`F21 a journal that ends in ${what}`, async () => {
    const { fs, header, first, second } = await killed();
    await write(fs, JOURNAL, header + first + tail(second));
    const session = await writer.open(fs);
    assert.equal(session.generation, 2);
    assert.match(session.outcome, /and 1 records$/);
    await session.persist(3);
    assert.ok(!(await fs.readDirectory("/root/c/g")).includes("offset.json.journal"));
    assert.equal((await writer.open(fs)).generation, 3);
  });
}

test("F22 a damaged record before a good one: an error, and nothing is touched", async () => {
  const { fs, header, first, second } = await killed();
  const damaged = header + first.replace(/:2\b/, ":9") + second;
  await write(fs, JOURNAL, damaged);
  await assert.rejects(writer.open(fs), (error) => {
    assert.ok(error instanceof OffsetFileCorruptError);
    assert.deepEqual([error.candidates, error.faults[0].path], [[MAIN], JOURNAL]);
    return true;
  });
  assert.equal(new TextDecoder().decode((await fs.readFile(JOURNAL)).bytes), damaged);
});

test("F23 the journal of another snapshot is not applied, and is kept", async () => {
  const { fs, header, first, second } = await killed();
  await write(fs, MAIN, encode(1, QUEUES));
  const session = await writer.open(fs);
  assert.equal(session.generation, 1);
  await session.persist(2);
  const kept = (await fs.readDirectory("/root/c/g")).find((name) => name.includes(".corrupt-"))!;
  const { bytes } = await fs.readFile(`/root/c/g/${kept}`);
  assert.equal(new TextDecoder().decode(bytes).replace(/\0+$/, ""), header + first + second);
  assert.equal((await writer.open(fs)).generation, 2);
});

/** A main that a journal may extend. */
const numbered = serialize(generation(1, QUEUES), { generation: 1 });

test("F24 a journal that somebody else has begun is noticed, and not appended to", async () => {
  const fs = new SimulatedFileSystem(await diskWith({ "offset.json": numbered }));
  const [session, other] = [await writer.open(fs), await writer.open(fs)];
  await other.persist(2);
  await assert.rejects(session.persist(3), OffsetConflictError);
  assert.equal((await writer.open(fs)).generation, 2);
});

test("F24 one that is begun at the very same time is not appended to either", async () => {
  const fs = new SimulatedFileSystem(await diskWith({ "offset.json": numbered }));
  const other = await writer.open(fs);
  let isRacing = true;
  const session = await writer.open(wrap(fs, {
    async create(path) {
      // The look before it has found none.
      if (isRacing && path === JOURNAL) await other.persist(2);
      return await fs.create(path);
    },
  }));
  await assert.rejects(session.persist(3), OffsetConflictError);
  isRacing = false;
  assert.equal((await writer.open(fs)).generation, 2);
  await assert.rejects(session.persist(3), OffsetConflictError);
});
