/** What a journal is to the snapshot beside it, and the table that both make. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetFileCorruptError, OffsetTable } from "../../../mod.ts";
import { type JournalRelation, relationOf, replay } from "../../../src/file/recovery/replay.ts";
import type { ValidFile } from "../../../src/file/recovery/read_snapshot.ts";
import { offset, poolQueue, poolTable } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { recordOf } from "../../support/journal_lines.ts";
import { GREATER, TABLE, type Tail, TAILS } from "../../support/journal_tails.ts";
import { badJournal, type FirstLine, journalFile, validFile } from "../../support/read_files.ts";
import { tableOf } from "../../support/store_directory.ts";

const [MAIN, JOURNAL] = ["offset.json", "offset.json.journal"];

/** The snapshots that a journal may lie beside. */
const SNAPSHOTS: Record<string, ValidFile> = {};
for (const generation of [undefined, 1, 7]) {
  for (const checksum of ["none", "verified", "not verified"] as const) {
    const file = validFile(MAIN, TABLE, { generation, checksum });
    SNAPSHOTS[`generation ${generation}, checksum ${checksum}`] = file;
  }
}

/** The first lines beside a snapshot: each generation, with the snapshot's own bytes and others. */
function* firstLines({ id }: ValidFile): Generator<[string, FirstLine, isItsId: boolean]> {
  yield ["no first line", "none", false];
  yield ["a torn first line", "torn", false];
  const ids = {
    "its bytes": id,
    "another length": { ...id, length: id.length + 1 },
    "another checksum": { ...id, crc32: id.crc32 ^ 1 },
  };
  for (const [what, id] of Object.entries(ids)) {
    for (const generation of [1, 6, 7, 8, "invalid", "version 0.1.0"] as const) {
      yield [`generation ${generation}, ${what}`, { id, generation }, what === "its bytes"];
    }
  }
}

/** Clause J3 once more, in its own words. */
function expected(
  first: FirstLine,
  isItsId: boolean,
  { generation: own, checksum }: ValidFile,
  { damage, records, isHeld }: Tail,
): JournalRelation {
  if (first === "none" || first === "torn") {
    // Bad lines behind a torn first line may be records.
    const badLines = (first === "torn" ? 1 : 0) + (damage === "none" ? 0 : 1);
    const isOneTear = records.length === 0 && damage !== "corrupt" && badLines <= 1;
    return isOneTear ? "leftover" : "records";
  }
  const { generation } = first;
  if (generation === "version 0.1.0") {
    if (isItsId) return "records";
    return isHeld ? "leftover" : "foreign";
  }
  // An invalid number, on either side, is somebody else's.
  if (generation === "invalid" || own === undefined) return "foreign";
  if (generation === own && isItsId) return "records";
  return generation + 1 === own && checksum === "verified" ? "leftover" : "foreign";
}

for (const [what, snapshot] of Object.entries(SNAPSHOTS)) {
  test(`J3 J2 every journal beside a snapshot with ${what}`, () => {
    const met = new Set<string>();
    for (const [line, first, isItsId] of firstLines(snapshot)) {
      for (const [content, tail] of Object.entries(TAILS)) {
        // Without a first line, a record would be read as one.
        if (first === "none" && (tail.records.length > 0 || tail.rest !== undefined)) continue;
        const journal = journalFile(JOURNAL, first, tail.records, { rest: tail.rest });
        const relation = expected(first, isItsId, snapshot, tail);
        met.add(relation);
        const name = `${line}, ${content}`;
        assert.equal(relationOf(journal.content, snapshot), relation, name);
      }
    }
    assert.deepEqual([...met].sort(), ["foreign", "leftover", "records"]);
  });
}

const SNAPSHOT = SNAPSHOTS["generation 7, checksum verified"];
const FIRST = { id: SNAPSHOT.id, generation: 7 };
const REASONS = {
  torn: "its last record was not written to the end",
  foreign: "it extends another file than the one that is there, and was not applied",
};

test("J3 without a journal the snapshot stands alone", () => {
  assert.deepEqual(replay(MAIN, SNAPSHOT, { is: "missing" }, "full"), {
    source: SNAPSHOT,
    table: SNAPSHOT.table,
    records: 0,
    journal: undefined,
    faults: [],
  });
});

test("J3 the records of its own journal are applied in order, and the snapshot stays as it is", () => {
  const lists = fc.array(
    fc.uniqueArray(fc.tuple(poolQueue, offset), {
      selector: ([mq]) => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]),
      minLength: 1,
      maxLength: 3,
    }),
    { maxLength: 4 },
  );
  check(fc.property(poolTable, lists, fc.nat(100), (table, lists, room) => {
    const snapshot = validFile(MAIN, table, { generation: 3 });
    const before = OffsetTable.from([...table]);
    const records = lists.map((each) => recordOf(each));
    const rest = "\0".repeat(room);
    const journal = journalFile(JOURNAL, { id: snapshot.id, generation: 3 }, records, { rest });
    const replayed = replay(MAIN, snapshot, journal, "full");
    assert.ok(replayed.table.equals(OffsetTable.from([...before, ...lists.flat()])));
    assert.deepEqual([replayed.records, replayed.faults], [lists.length, []]);
    assert.deepEqual(replayed.journal, { file: journal, relation: "records" });
    assert.ok(snapshot.table.equals(before));
  }));
});

test("J3 a leftover is skipped without a word, whatever it holds", () => {
  for (const { records, rest } of Object.values(TAILS)) {
    const first = { id: { length: 1, crc32: 2 }, generation: 6 };
    const journal = journalFile(JOURNAL, first, records, { rest });
    for (const durability of ["full", "relaxed"] as const) {
      assert.deepEqual(replay(MAIN, SNAPSHOT, journal, durability), {
        source: SNAPSHOT,
        table: SNAPSHOT.table,
        records: 0,
        journal: { file: journal, relation: "leftover" },
        faults: [],
      });
    }
  }
});

test("J3 a foreign journal is not applied, and is reported, whatever it holds", () => {
  for (const { records, rest } of Object.values(TAILS)) {
    for (const generation of [5, 8, "invalid"] as const) {
      const journal = journalFile(JOURNAL, { ...FIRST, generation }, records, { rest });
      assert.deepEqual(replay(MAIN, SNAPSHOT, journal, "full"), {
        source: SNAPSHOT,
        table: SNAPSHOT.table,
        records: 0,
        journal: { file: journal, relation: "foreign" },
        faults: [{ path: JOURNAL, reason: REASONS.foreign }],
      });
    }
  }
});

test("J2 a torn record at the end is cut and told, with the position", () => {
  for (const durability of ["full", "relaxed"] as const) {
    const journal = journalFile(JOURNAL, FIRST, [GREATER], { rest: "12345678 {" });
    const { table, records, faults } = replay(MAIN, SNAPSHOT, journal, durability);
    assert.ok(table.equals(tableOf(6, 5)));
    assert.equal(records, 1);
    const position = journal.bytes.length - "12345678 {".length;
    const reason = `${REASONS.torn}, and is cut at position ${position}`;
    assert.deepEqual(faults, [{ path: JOURNAL, reason }]);
  }
});

test("J2 L4 more damage is corruption, unless the journal was written without syncs", () => {
  for (const [what, { records, rest }] of Object.entries(TAILS)) {
    if (TAILS[what].damage !== "corrupt") continue;
    for (const reader of ["full", "relaxed"] as const) {
      for (const writer of ["full", "relaxed"] as const) {
        const journal = journalFile(JOURNAL, { ...FIRST, durability: writer }, records, { rest });
        const { reason, position } = journal.content.damage!;
        const run = () => replay(MAIN, SNAPSHOT, journal, reader);
        if (writer === "full") {
          assert.throws(run, (error) => {
            assert.ok(error instanceof OffsetFileCorruptError);
            assert.equal(error.path, MAIN);
            assert.deepEqual(error.candidates, [SNAPSHOT.path]);
            const told = `${reason}, at position ${position}`;
            assert.deepEqual(error.faults, [{ path: JOURNAL, reason: told }]);
            return true;
          });
          continue;
        }
        const { records: applied, table, faults } = run();
        assert.equal(applied, records.length);
        assert.ok(table.equals(what === "two bad lines" ? tableOf(6, 5) : tableOf(4, 5)));
        const told = `${reason}, and is cut at position ${position}`;
        assert.deepEqual(faults, [{ path: JOURNAL, reason: told }]);
      }
    }
  }
});

test("J2 L4 if the first line is lost, the store that reads says whether syncs were to be expected", () => {
  const journal = journalFile(JOURNAL, "torn", [GREATER]);
  assert.throws(() => replay(MAIN, SNAPSHOT, journal, "full"), OffsetFileCorruptError);
  const { records, table, faults } = replay(MAIN, SNAPSHOT, journal, "relaxed");
  assert.deepEqual([records, faults.map(({ path }) => path)], [0, [JOURNAL]]);
  assert.ok(table.equals(TABLE));
});

test("L4 a file that is no journal, or that the device has lost, may hold records: an error", () => {
  const fault = { path: JOURNAL, reason: "EIO: read failed" };
  for (const durability of ["full", "relaxed"] as const) {
    for (
      const journal of [badJournal(JOURNAL), { is: "unreadable", path: JOURNAL, fault } as const]
    ) {
      assert.throws(() => replay(MAIN, SNAPSHOT, journal, durability), (error) => {
        assert.ok(error instanceof OffsetFileCorruptError);
        assert.deepEqual(error.faults, [journal.fault]);
        assert.deepEqual(error.candidates, [SNAPSHOT.path]);
        return true;
      });
    }
  }
});
