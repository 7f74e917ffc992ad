/** What lies at the path of a snapshot, and how it is judged. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import {
  nodeFileSystem,
  OffsetFileSyntaxError,
  OffsetLoadError,
  OffsetTable,
  serialize,
} from "../../../mod.ts";
import { LONGEST_FILE } from "../../../src/file/fs/longest_file.ts";
import { readSnapshot } from "../../../src/file/recovery/read_snapshot.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";

const TABLE = tableOf(5, 6);
const encode = (text: string) => new TextEncoder().encode(text);

test("L2 a valid file has a table, a name for a journal, and what its members say", async () => {
  const members = [
    [{}, undefined, "none"],
    [{ checksum: true }, undefined, "verified"],
    [{ generation: 7 }, 7, "verified"],
  ] as const;
  for (const [options, generation, checksum] of members) {
    const text = serialize(TABLE, options);
    await using at = await StoreDirectory.make({ "offset.json": text });
    const file = await readSnapshot(nodeFileSystem, at.main);
    assert.ok(file.is === "valid");
    assert.ok(file.table.equals(TABLE));
    assert.deepEqual([file.generation, file.checksum], [generation, checksum]);
    assert.deepEqual(new Uint8Array(file.bytes), encode(text));
    assert.deepEqual(file.id, { length: text.length, crc32: crc32(text) });
    assert.deepEqual(file.info, await nodeFileSystem.stat(at.main));
    assert.equal(file.path, at.main);
  }
});

test("L1 L5 only ENOENT says that a file is missing", async () => {
  await using at = await StoreDirectory.make({ "offset.json": TABLE });
  const none = at.path("none");
  assert.deepEqual(await readSnapshot(nodeFileSystem, none), { is: "missing", path: none });
  const faulty = new FaultyFileSystem();
  for (const code of ["EACCES", "EPERM", "EMFILE", "ENOTDIR", "ELOOP", undefined]) {
    faulty.faults = [{ when: ({ name }) => name === "readFile", code }];
    await assert.rejects(readSnapshot(faulty.fileSystem, at.main), (error) => {
      assert.ok(error instanceof OffsetLoadError);
      assert.deepEqual([error.path, error.code], [at.main, code]);
      return true;
    });
  }
  await mkdir(at.path("directory"));
  await assert.rejects(readSnapshot(nodeFileSystem, at.path("directory")), { code: "EISDIR" });
});

test("L2 a file whose content the device has lost is bad", async () => {
  await using at = await StoreDirectory.make({ "offset.json": TABLE });
  const info = await nodeFileSystem.stat(at.main);
  for (const code of ["EIO", "EUCLEAN", "EBADMSG", "EILSEQ", "ENODATA"]) {
    for (const isDescribed of [true, false]) {
      const faulty = new FaultyFileSystem();
      const failing = isDescribed ? ["readFile"] : ["readFile", "stat"];
      faulty.faults = [{ when: ({ name }) => failing.includes(name), code }];
      const file = await readSnapshot(faulty.fileSystem, at.main);
      assert.ok(file.is === "bad");
      assert.equal((file.cause as { code?: string }).code, code);
      assert.deepEqual({ ...file, cause: undefined }, {
        is: "bad",
        path: at.main,
        info: isDescribed ? info : undefined,
        age: isDescribed ? "settled" : "young",
        bytes: undefined,
        reason: `${code}: readFile failed`,
        cause: undefined,
      });
    }
  }
});

test("L4 the reason says what is wrong with a file, and where", async () => {
  const texts: [string, string][] = [
    ["", "it is empty"],
    ["\0", "it holds nothing but NUL bytes"],
    ["\0".repeat(5000), "it holds nothing but NUL bytes"],
    ["{", "expected a member's name as a string, found the end, at position 1 of 1"],
    ["{}", 'the file has no "offsetTable", at position 2 of 2'],
    ["\0x", 'expected "{" to open the file, found "\\u0000", at position 0 of 2'],
    ["\ufeff{}", "the text begins with a byte order mark, at position 0 of 5"],
  ];
  for (const [text, reason] of texts) {
    await using at = await StoreDirectory.make({ "offset.json": text });
    const file = await readSnapshot(nodeFileSystem, at.main);
    assert.ok(file.is === "bad");
    assert.equal(file.reason, reason);
    assert.ok(file.cause instanceof OffsetFileSyntaxError);
    assert.deepEqual(new Uint8Array(file.bytes!), encode(text));
  }
});

/** A file system with one file, which changed so many milliseconds before it is read. */
function fileOfAge(text: string, ms: number) {
  const mtimeMs = 1_700_000_000_500 - ms;
  const info = { kind: "file", dev: 1, ino: 2, size: 3, mtimeMs, mode: 0, uid: 0, gid: 0 } as const;
  return {
    ...nodeFileSystem,
    now: () => 1_700_000_000_500,
    readFile: async () => ({ bytes: encode(text), info }),
  };
}

test("P9 a file that changed just before it was read is young, and so is a bad one", async () => {
  for (const text of [serialize(TABLE), "bad"]) {
    for (
      const [ms, age] of [[0, "young"], [20, "young"], [21, "settled"], [-20, "young"]] as const
    ) {
      const file = await readSnapshot(fileOfAge(text, ms), "/offset.json");
      assert.ok(file.is !== "missing");
      assert.equal(file.age, age, `${ms} ms`);
    }
    // A time on a whole second may come from a coarse clock.
    const file = await readSnapshot(fileOfAge(text, 1500), "/offset.json");
    assert.ok(file.is !== "missing" && file.age === "young");
  }
});

test("L4 a file that is longer than a string can be is not called corrupt", async () => {
  // Only its length is asked.
  const bytes = { length: LONGEST_FILE + 1 } as Uint8Array;
  const { info } = await fileOfAge("", 0).readFile();
  const fileSystem = { ...nodeFileSystem, readFile: async () => ({ bytes, info }) };
  await assert.rejects(readSnapshot(fileSystem, "/offset.json"), {
    name: "OffsetLoadError",
    path: "/offset.json",
    message: 'Cannot load offsets from "/offset.json": ' +
      `it has ${LONGEST_FILE + 1} bytes, and at most ${LONGEST_FILE} can be read; ` +
      "if it is no offset file, move it away",
  });
});

test("L4 an error that says nothing about the file is not taken for a bad one", async () => {
  const bytes = new Proxy(encode(serialize(TABLE)), {
    get() {
      throw new RangeError("out of memory");
    },
  });
  const { info } = await fileOfAge("", 0).readFile();
  const fileSystem = { ...nodeFileSystem, readFile: async () => ({ bytes, info }) };
  await assert.rejects(readSnapshot(fileSystem, "/offset.json"), /^RangeError: out of memory$/);
});

test("L2 the reason for a bad file names the place in bytes, whatever its text is", async () => {
  const queue = { topic: "订单😀", brokerName: "b", queueId: 0 };
  const whole = serialize(OffsetTable.from([[queue, 5n]]));
  const text = whole.slice(0, -1) + ',"torn';
  await using at = await StoreDirectory.make({ "offset.json": text });
  const file = await readSnapshot(nodeFileSystem, at.main);
  assert.ok(file.is === "bad" && file.cause instanceof OffsetFileSyntaxError);
  const position = encode(whole).length;
  assert.notEqual(position, whole.length);
  assert.equal(file.cause.position, position);
  assert.ok(file.reason.endsWith(`, at position ${position} of ${encode(text).length}`));
});
