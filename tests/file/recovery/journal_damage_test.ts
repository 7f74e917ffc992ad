/** Whatever becomes of a journal's bytes, a load never answers with an offset that was not written. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { OffsetFileCorruptError, OffsetTable, serialize } from "../../../mod.ts";
import { poolTable } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { StoreDirectory } from "../../support/store_directory.ts";
import { records, WrittenJournal } from "../../support/written_journal.ts";

/** What becomes of bytes from a place on, which is a share of all of them. */
type Damage = (bytes: Uint8Array, place: number) => Uint8Array;

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.integer({ min: 1, max: 255 }).map((mask): Damage => (bytes, at) =>
    bytes.with(at, bytes[at] ^ mask)
  ),
  fc.constant<Damage>((bytes, at) => bytes.slice(0, at)),
  fc.constant<Damage>((bytes, at) => bytes.slice().fill(0, at)),
);

const damages = fc.array(fc.tuple(damage, fc.double({ min: 0, max: 1, maxExcluded: true })), {
  minLength: 8,
  maxLength: 16,
});

test("J2 L4 a damaged journal: a load answers what some persist has written, or is refused", async () => {
  await using at = await StoreDirectory.make({ "offset.json": OffsetTable.empty });
  const met = new Set<string>();
  await check(
    fc.asyncProperty(poolTable, records, damages, async (snapshot, records, damages) => {
      const text = serialize(snapshot, { generation: 7 });
      await at.write("offset.json", text);
      const main = new TextEncoder().encode(text);
      const journal = new WrittenJournal({ length: main.length, crc32: crc32(main) }, records);
      for (const [damage, share] of damages) {
        const place = Math.floor(share * journal.bytes.length);
        const bytes = damage(journal.bytes, place);
        await writeFile(at.path("offset.json.journal"), bytes);
        const store = await at.open().catch((error) => {
          assert.ok(error instanceof OffsetFileCorruptError, String(error));
        });
        met.add(store === undefined ? "refused" : "read");
        if (store === undefined) continue;
        // Its first line is the header.
        const line = journal.lineAt(place);
        const whole = records.slice(0, Math.max(0, line - 1));
        const expected = OffsetTable.from([...snapshot, ...whole.flat()]);
        assert.ok(store.snapshot().equals(expected));
        const { journalRecords, faults } = store.loadOutcome;
        assert.equal(journalRecords, whole.length);
        const isCut = bytes.subarray(journal.starts[line]).every((byte) => byte === 0);
        // A first line that was not written to the end is that of a journal without a record.
        assert.equal(faults.length, isCut || line === 0 ? 0 : 1);
      }
    }),
    { numRuns: 30 },
  );
  assert.deepEqual([...met].sort(), ["read", "refused"]);
});
