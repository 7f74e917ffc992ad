/** A load of a damaged journal never answers with an offset that was not written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import {
  type FileSystem,
  LocalFileOffsetStore,
  nodeFileSystem,
  OffsetFileCorruptError,
  OffsetTable,
  serialize,
} from "../../../mod.ts";
import { poolTable } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { fileInfo } from "../../support/read_files.ts";
import { records, WrittenJournal } from "../../support/written_journal.ts";

/** A change of bytes at a place. */
type Damage = (bytes: Uint8Array, place: number) => Uint8Array;

const NEWLINE = 0x0a;

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.integer({ min: 1, max: 255 }).map((mask): Damage => (bytes, at) =>
    bytes.with(at, bytes[at] ^ mask)
  ),
  fc.constant<Damage>((bytes, at) => bytes.slice(0, at)),
  fc.constant<Damage>((bytes, at) => bytes.slice().fill(0, at)),
);

const damages = fc.array(
  fc.tuple(damage, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
  {
    minLength: 8,
    maxLength: 16,
  },
);

/** The real file system, with these files in memory in their place; nothing is written. */
function filesInMemory(main: string, files: Record<string, Uint8Array>): FileSystem {
  const contents = new Map(Object.entries(files));
  const missing = () => Object.assign(new Error("ENOENT"), { code: "ENOENT" });
  return {
    ...nodeFileSystem,
    async readFile(path) {
      const bytes = contents.get(path.slice(main.lastIndexOf("/") + 1));
      if (bytes === undefined) throw missing();
      return { bytes, info: fileInfo({ size: bytes.length }) };
    },
    readLink: async () => undefined,
    readDirectory: async () => [...contents.keys()],
    syncFile: async () => {},
    syncDirectory: async () => {},
  };
}

test("J2 L4 a load of a damaged journal answers the table of some persist, or refuses it", async () => {
  const main = "/root/client/group/offset.json";
  const met = new Set<string>();
  await check(
    fc.asyncProperty(poolTable, records, damages, async (snapshot, records, damages) => {
      const text = new TextEncoder().encode(serialize(snapshot, { generation: 7 }));
      const journal = new WrittenJournal({ length: text.length, crc32: crc32(text) }, records);
      for (const [damage, share] of damages) {
        const place = Math.floor(share * journal.bytes.length);
        const bytes = damage(journal.bytes, place);
        const fileSystem = filesInMemory(main, {
          "offset.json": text,
          "offset.json.journal": bytes,
        });
        const options = { root: "/root", clientId: "client", group: "group", fileSystem };
        const store = await LocalFileOffsetStore.open(options).catch((error) => {
          assert.ok(error instanceof OffsetFileCorruptError, String(error));
        });
        // The first line is the header.
        const line = journal.lineAt(place);
        if (store === undefined) {
          met.add("refused");
          // One bad line at the end is never refused.
          assert.ok(place < journal.starts.at(-1)! - 1 || bytes[place] === NEWLINE);
          continue;
        }
        const whole = records.slice(0, Math.max(0, line - 1));
        const expected = OffsetTable.from([...snapshot, ...whole.flat()]);
        assert.ok(store.snapshot().equals(expected));
        const { journalRecords, faults } = store.loadOutcome;
        assert.equal(journalRecords, whole.length);
        // Behind a torn first line no record was ever begun, so there is nothing to tell.
        const isCut = bytes.subarray(journal.starts[line]).every((byte) => byte === 0);
        const isTold = !isCut && line > 0;
        assert.deepEqual(faults.map(({ path }) => path), isTold ? [`${main}.journal`] : []);
        met.add(isTold ? "told" : isCut ? "cut between records" : "a torn first line");
      }
    }),
    { numRuns: 300 },
  );
  assert.deepEqual([...met].sort(), [
    "a torn first line",
    "cut between records",
    "refused",
    "told",
  ]);
});
