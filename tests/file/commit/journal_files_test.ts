/** The journals of a store: which it writes, which are its own, and which may be removed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import type { Journal, Main } from "../../../src/core/files_state.ts";
import { readJournal } from "../../../src/core/format/read_journal.ts";
import { serialize } from "../../../src/core/mod.ts";
import { ChangedMeanwhileError } from "../../../src/file/commit/changed_meanwhile_error.ts";
import { JournalFiles } from "../../../src/file/commit/journal_files.ts";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import { recover } from "../../../src/file/recovery/recover.ts";
import { check, inProportion } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { journalText } from "../../support/journal_text.ts";
import { tableOf } from "../../support/store_directory.ts";

const MAIN = "/root/c/g/offset.json";
const JOURNAL = `${MAIN}.journal`;
const TEXT = serialize(tableOf(1), { generation: 4 });
const SOME = new TextEncoder().encode(TEXT);

async function made(files: Record<string, string> = {}) {
  const real = new SimulatedFileSystem(await diskWith({ "offset.json": TEXT, ...files }));
  const faulty = new FaultyFileSystem(wrap(real, {}));
  const journals = new JournalFiles(faulty.fileSystem, MAIN, { durability: "full", limit: 1000 });
  const info = (await real.stat(MAIN))!;
  const main: Main<FileInfo> = { is: "valid", identities: [info], generation: 4 };
  return { real, faulty, journals, main };
}

const identitiesOf = (main: Main<FileInfo>) => "identities" in main ? main.identities : [];

const openOf = (identity: FileInfo): Journal<FileInfo> => ({ is: "open", identity, generation: 4 });

test("J3 a journal names the bytes of main, whether they were read or written", async () => {
  for (const how of ["read", "written"]) {
    const { real, journals, main } = await made();
    const { files } = await recover(real, MAIN, "full");
    assert.ok(files.main.is === "valid");
    let identity = files.main.info;
    if (how === "read") journals.remember(files);
    else {
      await journals.rememberMain({ main, journal: { is: "absent" }, journaling: "on" }, SOME);
      [identity] = identitiesOf(main);
    }
    const writer = await journals.create();
    const found: Main<FileInfo> = { is: "valid", identities: [identity], generation: 4 };
    await writer.begin(journals.extended(found, 4));
    const { header } = readJournal((await real.readFile(JOURNAL)).bytes);
    assert.deepEqual([header?.generation, header?.snapshot], [4, files.main.id]);
    assert.equal(journals.writerOf(openOf(writer.info)), writer);
    await journals.closeAll();
  }
});

test("J3 no journal is begun on a main of which nothing is known", async () => {
  const { journals, main } = await made();
  // Without a journal option, the bytes need no name.
  await journals.rememberMain({ main, journal: { is: "absent" }, journaling: "off" }, SOME);
  assert.throws(() => journals.extended(main, 4), /no journal can extend a main that is "valid"/);
  const mains: Main<FileInfo>[] = [
    { is: "missing" },
    { ...main, identities: [] } as Main<FileInfo>,
  ];
  // The commit begins anew, and reads the files again.
  for (const main of mains) {
    assert.throws(() => journals.extended(main, 4), ChangedMeanwhileError);
  }
});

test("P8 a journal takes records only while it is open and this store's", async () => {
  const { real, faulty, journals } = await made();
  const writer = await journals.create();
  const other = (await real.stat(JOURNAL))!;
  const others: Journal<FileInfo>[] = [
    { is: "absent" },
    { is: "leftover", identity: writer.info },
    { is: "found", identities: [writer.info], generation: 4 },
    openOf(other),
  ];
  for (const journal of others) {
    assert.throws(() => journals.writerOf(journal), { message: /takes no records$/ });
  }
  await journals.closeAll();
  assert.throws(() => journals.writerOf(openOf(writer.info)), /"open" takes no records/);
  await journals.closeAll();
  assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
});

test("J3 a journal of this store is never foreign to it, and another's always is read as it is", async () => {
  const { real, journals, main } = await made();
  const writer = await journals.create();
  await journals.rememberMain({ main, journal: { is: "absent" }, journaling: "on" }, SOME);
  await writer.begin(journals.extended(main, 4));
  const own = openOf(writer.info);
  const { files } = await recover(real, MAIN, "full");
  const [identity] = [writer.info];
  const found = { is: "found", identities: [identity], generation: 4 } as const;
  const foreign = { is: "foreign", identities: [identity] } as const;
  const leftover = { is: "leftover", identity } as const;
  assert.deepEqual(journals.adopt(own, found, files), { ...own, is: "dead" });
  assert.deepEqual(journals.adopt(own, foreign, files), { ...own, is: "dead" });
  assert.equal(journals.adopt(own, leftover, files), leftover);
  assert.equal(journals.adopt({ is: "absent" }, found, files), found);
  // Somebody else has put a journal in its place.
  const other = await real.create(`${JOURNAL}.new`);
  await other.write(new TextEncoder().encode(journalText(TEXT, [2n])), 0);
  await real.rename(`${JOURNAL}.new`, JOURNAL);
  const changed = (await recover(real, MAIN, "full")).files;
  assert.equal(journals.adopt(own, found, changed), found);
  await real.unlink(JOURNAL);
  const gone = (await recover(real, MAIN, "full")).files;
  assert.deepEqual(journals.adopt(own, { is: "absent" }, gone), { is: "absent" });
});

test("P9 a journal that was read is removed only with just the records that were read", async () => {
  const length = journalText(TEXT, [2n], [3n]).length;
  const edit = fc.oneof(
    fc.record({ room: fc.nat(300) }),
    fc.record({ cut: fc.integer({ min: 1, max: length }) }),
    fc.record({ at: fc.nat(length - 1), byte: fc.nat(255) }),
    fc.record({ more: fc.constant(journalText(TEXT, [4n])) }),
    fc.record({ copy: fc.constant("another file with the same content") }),
  );
  const seen = { same: 0, changed: 0 };
  await check(fc.asyncProperty(edit, fc.nat(100), async (edit, room) => {
    const text = journalText(TEXT, [2n], [3n]);
    const { real, journals } = await made({ "offset.json.journal": text + "\0".repeat(room) });
    const { files } = await recover(real, MAIN, "full");
    journals.remember(files);
    assert.ok(files.journal.is === "readable");
    const state: Journal<FileInfo> = { is: "foreign", identities: [files.journal.info] };
    const before = (await real.readFile(JOURNAL)).bytes;
    const file = await real.openInPlace(JOURNAL);
    if ("room" in edit) await file.write(new Uint8Array(edit.room), before.length);
    else if ("cut" in edit) await file.truncate(length - edit.cut);
    else if ("at" in edit) await file.write(Uint8Array.of(edit.byte), edit.at);
    else if ("more" in edit) await file.write(new TextEncoder().encode(edit.more), text.length);
    else {
      await (await real.create(`${JOURNAL}.new`)).write(before, 0);
      await real.rename(`${JOURNAL}.new`, JOURNAL);
    }
    const after = new TextDecoder().decode((await real.readFile(JOURNAL)).bytes);
    const isSame = !("copy" in edit) && after.replace(/\0+$/, "") === text;
    seen[isSame ? "same" : "changed"]++;
    const answer = await journals.toRemove(state);
    if (!isSame) assert.equal(answer, "changed");
    else assert.deepEqual(answer, await real.stat(JOURNAL));
  }));
  const least = inProportion(10);
  assert.ok(seen.same > least && seen.changed > least, JSON.stringify(seen));
});

test("P9 a leftover is removed whatever it says, and no file that was written since it was read", async () => {
  const { real, journals } = await made({ "offset.json.journal": "anything" });
  const identity = (await real.stat(JOURNAL))!;
  const leftover: Journal<FileInfo> = { is: "leftover", identity };
  assert.deepEqual(await journals.toRemove(leftover), identity);
  // A journal that was empty gets records, and the number of one that has gone goes to another.
  await (await real.openInPlace(JOURNAL)).write(SOME, 0);
  assert.equal(await journals.toRemove(leftover), "changed");
  await (await real.create(`${JOURNAL}.new`)).write(SOME, 0);
  await real.rename(`${JOURNAL}.new`, JOURNAL);
  assert.equal(await journals.toRemove(leftover), "changed");
  // Nothing tells of these whether main holds their records.
  for (const state of [openOf(identity), { is: "absent" }] as Journal<FileInfo>[]) {
    assert.equal(await journals.toRemove(state), "changed");
  }
  await real.unlink(JOURNAL);
  assert.equal(await journals.toRemove(leftover), "gone");
});

test("J5 O6 the room goes back, and the file is closed, before a journal is removed", async () => {
  const { real, faulty, journals, main } = await made();
  await journals.rememberMain({ main, journal: { is: "absent" }, journaling: "on" }, SOME);
  const writer = await journals.create();
  await writer.begin(journals.extended(main, 4));
  const { size } = (await real.stat(JOURNAL))!;
  await journals.giveRoomBack();
  const { bytes } = await real.readFile(JOURNAL);
  assert.ok(bytes.length < size);
  assert.equal(readJournal(bytes).header?.generation, 4);
  assert.deepEqual(faulty.open, [JOURNAL]);
  await journals.toRemove({ is: "leftover", identity: writer.info });
  assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
});

test("O3 P9 a journal that cannot be created says why, and what to do", async () => {
  const failing = async (files: Record<string, string>, code: string, target?: string) => {
    const { real } = await made(files);
    const fileSystem: FileSystem = {
      ...wrap(real, {}),
      create: () => Promise.reject(Object.assign(new Error("cannot create"), { code })),
      readLink: () =>
        target === "unreadable" ? Promise.reject(new Error("EIO")) : Promise.resolve(target),
    };
    return new JournalFiles(fileSystem, MAIN, { durability: "full", limit: 1000 }).create();
  };
  // Somebody else has begun it since the look.
  await assert.rejects(failing({ "offset.json.journal": "x" }, "EEXIST"), ChangedMeanwhileError);
  await assert.rejects(failing({}, "EEXIST", "/gone"), (error: Error) => {
    assert.equal(
      error.message,
      `"${JOURNAL}" is a symbolic link to "/gone", which is not there; remove the link`,
    );
    return (error.cause as Error).message === "cannot create";
  });
  for (const target of [undefined, "unreadable"]) {
    await assert.rejects(failing({}, "EEXIST", target), /^Error: cannot create$/);
  }
  await assert.rejects(failing({ "offset.json.journal": "x" }, "EIO"), /^Error: cannot create$/);
});
