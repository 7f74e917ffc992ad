/** All bytes of a file are written, or the write fails. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WritableFile } from "../../../src/file/fs/file_system.ts";
import { ShortWriteError, writeAll } from "../../../src/file/fs/write_file.ts";
import { check } from "../../support/check.ts";
import { systemError } from "../../support/faulty_file_system.ts";

/** A file that accepts so many bytes of each write, one number after the other. */
class ShortFile {
  readonly content: number[] = [];
  readonly offered: [position: number, length: number][] = [];
  readonly #accepts: number[];

  constructor(...accepts: number[]) {
    this.#accepts = accepts;
  }

  readonly file = {
    write: async (bytes: Uint8Array, position: number) => {
      this.offered.push([position, bytes.length]);
      const accepted = this.#accepts.shift() ?? bytes.length;
      bytes.subarray(0, accepted).forEach((byte, i) => this.content[position + i] = byte);
      return accepted;
    },
  } as unknown as WritableFile;
}

const BYTES = new TextEncoder().encode("0123456789");

test("P4 a file that takes all bytes at once is written once", async () => {
  const { file, offered } = new ShortFile();
  await writeAll(file, BYTES, 7);
  assert.deepEqual(offered, [[7, 10]]);
});

test("P4 each write goes on where the one before stopped", async () => {
  const { file, offered } = new ShortFile(4, 4);
  await writeAll(file, BYTES, 100);
  assert.deepEqual(offered, [[100, 10], [104, 6], [108, 2]]);
});

test("P4 every byte is at its place, however few bytes each write accepts", async () => {
  const accepts = fc.array(fc.integer({ min: 1, max: 30 }));
  await check(
    fc.asyncProperty(fc.uint8Array(), fc.nat(50), accepts, async (bytes, position, accepts) => {
      const short = new ShortFile(...accepts);
      await writeAll(short.file, bytes, position);
      assert.deepEqual(short.content.slice(position), [...bytes]);
    }),
  );
});

test("P4 a write that accepts nothing is an error, which tells how many bytes were accepted", async () => {
  for (const accepted of [0, -1, NaN]) {
    for (const before of [[], [3], [3, 4]]) {
      const done = before.reduce((sum, each) => sum + each, 0);
      await assert.rejects(writeAll(new ShortFile(...before, accepted).file, BYTES, 5), {
        name: "ShortWriteError",
        message: `only ${done} of 10 bytes were accepted, as if the disk were full`,
      });
    }
  }
  assert.ok(new ShortWriteError(1, 2) instanceof Error);
});

test("P4 a write that reports more bytes than it was given ends the writing", async () => {
  // The length of the file tells whether they are there.
  const { file, offered } = new ShortFile(4, 7);
  await writeAll(file, BYTES, 0);
  assert.deepEqual(offered, [[0, 10], [4, 6]]);
});

test("P4 a write that fails is an error, wherever it comes", async () => {
  for (const before of [[], [3]]) {
    const short = new ShortFile(...before, 10);
    const { write } = short.file;
    let writes = 0;
    const failing = async (bytes: Uint8Array, position: number) => {
      if (writes++ === before.length) throw systemError("ENOSPC", "write");
      return await write(bytes, position);
    };
    await assert.rejects(writeAll({ ...short.file, write: failing }, BYTES, 0), { code: "ENOSPC" });
  }
});

test("P4 no bytes are written without a call that could fail", async () => {
  const { file, offered } = new ShortFile();
  await writeAll(file, new Uint8Array(0), 0);
  assert.deepEqual(offered, []);
});
