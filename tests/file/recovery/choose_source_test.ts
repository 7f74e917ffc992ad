/** Every main × backup × pending backups × temporary files × journal, against clauses L1 to L4. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetFileCorruptError, OffsetTable } from "../../../mod.ts";
import {
  type Choice,
  chooseSource,
  type StoreFiles,
} from "../../../src/file/recovery/choose_source.ts";
import type { JournalFile } from "../../../src/file/recovery/read_journal_file.ts";
import type { SnapshotFile, ValidFile } from "../../../src/file/recovery/read_snapshot.ts";
import {
  BACKUPS,
  JOURNAL,
  JOURNALS,
  MAIN,
  MAINS,
  PENDINGS,
  TEMPORARIES,
} from "../../support/file_catalogue.ts";
import { queue } from "../../support/store_directory.ts";

/** What a load answers, or the error's faults and candidates. */
type Told =
  | {
    readonly outcome: Choice["outcome"];
    readonly source: string | undefined;
    readonly offset: bigint | undefined;
    readonly records: number;
    readonly relation: string | undefined;
    readonly faults: readonly string[];
  }
  | { readonly error: readonly string[]; readonly candidates: readonly string[] };

/** The clauses once more, in their own words. */
function expected(files: StoreFiles, durability: "full" | "relaxed"): Told {
  const { main, backup, pendingBackups, temporaries, journal } = files;
  const badOf = (each: readonly SnapshotFile[]) =>
    each.filter(({ is }) => is === "bad").map(({ path }) => path);
  if (main.is === "valid") return withJournal("loaded", main, [], files, durability);
  const besides = main.is === "missing"
    ? badOf([...pendingBackups, ...temporaries, backup])
    : badOf([main, ...pendingBackups, backup]);
  // A temporary file was never acknowledged, so it comes last.
  const ranks = main.is === "missing"
    ? [pendingBackups, [backup], temporaries]
    : [[...pendingBackups, backup]];
  const source = ranks.map(best).find((file) => file !== undefined);
  if (main.is === "bad" && main.reason === "the checksum is wrong") {
    return { error: besides, candidates: [MAIN, ...source === undefined ? [] : [source.path]] };
  }
  if (source !== undefined) {
    const faults = main.is === "missing" ? [MAIN, ...besides] : besides;
    return withJournal("recovered", source, faults, files, durability);
  }
  // Nothing but unfinished temporary files: no write ever succeeded.
  const isFresh = main.is === "missing" && badOf([...pendingBackups, backup]).length === 0;
  const isRelaxed = durability === "relaxed" ||
    (journal.is === "readable" && journal.content.header?.durability === "relaxed");
  const lost = lostRecords(journal) ? [JOURNAL] : [];
  if (!isFresh || (lost.length > 0 && !isRelaxed)) {
    return { error: [...besides, ...lost], candidates: [] };
  }
  const isThere = journal.is === "readable" || journal.is === "bad";
  const relation = lost.length > 0 ? "foreign" : "leftover";
  return {
    outcome: "fresh",
    source: undefined,
    offset: undefined,
    records: 0,
    relation: isThere ? relation : undefined,
    faults: [...besides, ...lost],
  };
}

/** A journal that never had a record says nothing about lost offsets. */
function lostRecords(journal: JournalFile): boolean {
  if (journal.is !== "readable") return journal.is !== "missing";
  return journal.content.records > 0 || journal.content.damage?.kind === "corrupt";
}

/** The greatest generation; of equals the newest, and of equals the first. */
function best(files: readonly SnapshotFile[]): ValidFile | undefined {
  let chosen: ValidFile | undefined;
  for (const file of files) {
    if (file.is !== "valid") continue;
    const [one, other] = [file.generation ?? 0, chosen?.generation ?? 0];
    const isNewer = chosen === undefined || one > other ||
      (one === other && file.info.mtimeMs > chosen.info.mtimeMs);
    if (isNewer) chosen = file;
  }
  return chosen;
}

/** A journal that extends just this file is applied. */
function withJournal(
  outcome: Choice["outcome"],
  source: ValidFile,
  faults: readonly string[],
  { journal }: StoreFiles,
  durability: "full" | "relaxed",
): Told {
  const offset = source.table.get(queue(0));
  const told = { outcome, source: source.path, offset, records: 0, relation: undefined, faults };
  if (journal.is === "missing") return told;
  if (journal.is !== "readable") return { error: [JOURNAL], candidates: [source.path] };
  const { header, damage, records } = journal.content;
  const isItsOwn = header?.generation === source.generation &&
    header?.snapshot.crc32 === source.id.crc32;
  const isCorrupt = damage?.kind === "corrupt";
  if (header === undefined && !isCorrupt) return { ...told, relation: "leftover" };
  if (header === undefined || isItsOwn) {
    // The first line says whether the journal was synced; without it, the store that reads does.
    const isRelaxed = (header?.durability ?? durability) === "relaxed";
    if (isCorrupt && !isRelaxed) return { error: [JOURNAL], candidates: [source.path] };
    const all = isCorrupt ? [...faults, JOURNAL] : faults;
    return { ...told, records, relation: "records", faults: all };
  }
  if (header.generation! + 1 === source.generation) return { ...told, relation: "leftover" };
  return { ...told, relation: "foreign", faults: [...faults, JOURNAL] };
}

function told(files: StoreFiles, durability: "full" | "relaxed"): Told {
  try {
    const choice = chooseSource(files, durability);
    const { outcome, source, table, records, journal, faults } = choice;
    assert.equal(table.get(queue(9)), records > 0 ? 1n : undefined);
    assert.notEqual(table, OffsetTable.empty);
    return {
      outcome,
      source: source?.path,
      offset: table.get(queue(0)),
      records,
      relation: journal?.relation,
      faults: faults.map(({ path }) => path),
    };
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError)) throw error;
    assert.equal(error.path, MAIN);
    return { error: error.faults.map(({ path }) => path), candidates: error.candidates };
  }
}

const met = new Map<string, number>();

for (const [what, main] of Object.entries(MAINS)) {
  test(`L1 L2 L3 L4 J3 a main that is ${what}, beside every other file`, () => {
    for (const [backupName, backup] of Object.entries(BACKUPS)) {
      for (const [pendingName, pendingBackups] of Object.entries(PENDINGS)) {
        for (const [temporaryName, temporaries] of Object.entries(TEMPORARIES)) {
          for (const [journalName, journal] of Object.entries(JOURNALS)) {
            for (const durability of ["full", "relaxed"] as const) {
              const files = { main, backup, pendingBackups, temporaries, journal };
              const rule = expected(files, durability);
              const names = [backupName, pendingName, temporaryName, journalName, durability];
              assert.deepEqual(told(files, durability), rule, names.join("; "));
              const kind = "error" in rule ? "error" : `${rule.outcome} ${rule.relation}`;
              met.set(kind, (met.get(kind) ?? 0) + 1);
            }
          }
        }
      }
    }
  });
}

test("L1 L2 L4 J3 the enumeration meets every outcome with every relation of a journal", () => {
  const outcomes = ["loaded", "recovered"].flatMap((outcome) =>
    ["undefined", "records", "leftover", "foreign"].map((relation) => `${outcome} ${relation}`)
  );
  const fresh = ["fresh undefined", "fresh leftover", "fresh foreign"];
  assert.deepEqual([...met.keys()].sort(), ["error", ...outcomes, ...fresh].sort());
});

test("L3 a fault tells what is wrong with its file, and a missing main is one if it is replaced", () => {
  const [main, backup] = [MAINS.missing, BACKUPS["a backup"]];
  const temporaries = TEMPORARIES["unfinished ones"].slice(0, 1);
  const journal = JOURNALS["no journal"];
  const [torn] = temporaries;
  assert.ok(torn.is === "bad");
  const fault = { path: torn.path, reason: torn.reason, cause: torn.cause };
  const rest = { pendingBackups: [], temporaries, journal };
  assert.deepEqual(chooseSource({ main, backup, ...rest }, "full").faults, [
    { path: MAIN, reason: "it is missing" },
    fault,
  ]);
  const fresh = chooseSource({ main, backup: BACKUPS["no backup"], ...rest }, "full");
  assert.deepEqual(fresh.faults, [fault]);
});

test("L2 the pending backup whose name was made last counts, whatever the times are", () => {
  const [made] = PENDINGS.one;
  assert.ok(made.is === "valid");
  const pending = (second: number, mtimeMs: number) => ({
    ...made,
    path: `${MAIN}.20260101T00000${second}.000Z-00000000.bak.tmp`,
    info: { ...made.info, mtimeMs },
  });
  for (const pendingBackups of [[pending(1, 9), pending(2, 5)], [pending(2, 5), pending(1, 9)]]) {
    const files = {
      backup: BACKUPS["no backup"],
      temporaries: [],
      journal: JOURNALS["no journal"],
    };
    for (const main of [MAINS.missing, MAINS.empty]) {
      const { source } = chooseSource({ ...files, main, pendingBackups }, "full");
      assert.equal(source?.path, pending(2, 5).path);
    }
  }
});

test("L4 records whose snapshot is lost are an error that says so", () => {
  const files = {
    main: MAINS.missing,
    backup: BACKUPS["no backup"],
    pendingBackups: [],
    temporaries: [],
    journal: JOURNALS["a journal of offset.json of 101"],
  };
  assert.throws(() => chooseSource(files, "full"), {
    faults: [{ path: JOURNAL, reason: "it extends a file that is not there" }],
  });
});
