/** The persist protocol: its calls in their order, and what it leaves and tells. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangedMeanwhileError } from "../../../src/file/commit/changed_meanwhile_error.ts";
import { SNAPSHOT_STEPS } from "../../../src/file/commit/replace_snapshot.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { systemError } from "../../support/faulty_file_system.ts";
import { FILES, type Kind, KINDS, MAIN, nameOf, Replacement } from "../../support/replacement.ts";

const SYNC = "syncDirectory g";

/** The calls of each step: the order is the protocol's. */
const CALLS: Record<string, (kind: Kind, sync: readonly string[]) => readonly string[]> = {
  "create the temporary file": () => ["create T", "fstat T"],
  "write the snapshot": () => ["write T"],
  "backdate the temporary file": () => ["backdate T", "fstat T"],
  "take owner and mode": () => [],
  "sync the temporary file": ({ durability }) => durability === "full" ? ["sync T"] : [],
  "close the temporary file": () => ["close T"],
  "look before main is kept": ({ keep }) => keep === "aside" ? ["look"] : [],
  "keep main": ({ keep }) => {
    if (keep === "backup") return ["stat offset.json.bak", "link P", "stat P"];
    return keep === "aside" ? ["stat offset.json", "link offset.json.corrupt-U"] : [];
  },
  "sync the directory before the rename": (_, sync) => sync,
  "move a foreign journal aside": ({ retire }) =>
    retire === "move aside"
      ? ["look", "stat offset.json.journal", "rename offset.json.journal.corrupt-U"]
      : [],
  "sync the directory after the move": ({ retire }, sync) => retire === "move aside" ? sync : [],
  "look before the rename": () => ["look"],
  "rename the temporary file to main": () => ["rename offset.json"],
  "sync the directory after the rename": (_, sync) => sync,
  "rename the pending backup to the backup": ({ keep }) =>
    keep === "backup" ? ["rename offset.json.bak"] : [],
  "check the journal": ({ retire }) => retire === "remove" ? ["check"] : [],
  "remove the journal": ({ retire }) => retire === "remove" ? ["unlink offset.json.journal"] : [],
  "sync the directory after the removal": ({ retire }, sync) => retire === "remove" ? sync : [],
};

test("P2 the steps of the protocol are those of this page, in this order", () => {
  assert.deepEqual(SNAPSHOT_STEPS.map(({ name }) => name), Object.keys(CALLS));
});

for (const kind of KINDS) {
  test(`P2 P7 J3 the calls in their order, and the files after them: ${nameOf(kind)}`, async () => {
    const { keep, retire, durability } = kind;
    const replacement = await Replacement.of(kind);
    assert.equal(await replacement.run(), undefined);
    const sync = durability === "full" ? [SYNC] : [];
    assert.deepEqual(
      replacement.log,
      Object.values(CALLS).flatMap((callsOf) => callsOf(kind, sync)),
    );
    const files = Object.entries(await replacement.files()).map(([name, text]) =>
      [name.replace(/(?<=corrupt-).*/, "U"), text] as const
    );
    const { "offset.json.journal": journal, ...old } = FILES;
    assert.deepEqual(Object.fromEntries(files), {
      ...old,
      "offset.json": "new",
      ...keep === "backup" ? { "offset.json.bak": "old" } : {},
      ...keep === "aside" ? { "offset.json.corrupt-U": "old" } : {},
      ...retire === "nothing" ? { "offset.json.journal": journal } : {},
      ...retire === "move aside" ? { "offset.json.journal.corrupt-U": journal } : {},
    });
    if (durability === "full") {
      assert.deepEqual(await replacement.afterPowerCuts(), new Set(["new"]));
    }
    assert.deepEqual(replacement.events.map(({ event }) => event), [
      ...keep === "aside" ? ["kept aside"] : [],
      ...retire === "move aside" ? ["journal moved aside"] : [],
      "replaced",
      ...retire === "remove" ? ["journal removed"] : [],
    ]);
    const kept = [
      ...keep === "aside" ? [MAIN] : [],
      ...retire === "move aside" ? [`${MAIN}.journal`] : [],
    ];
    assert.deepEqual(
      replacement.reports.map(({ kind, path }) => [kind, path]),
      kept.map((path) => ["kept-aside", path]),
    );
    assert.deepEqual([replacement.faulty.open, replacement.faulty.misuses], [[], []]);
  });
}

const BACKUP: Kind = { keep: "backup", retire: "nothing", durability: "full" };
const REMOVE: Kind = { keep: "nothing", retire: "remove", durability: "full" };

test("P7 without hard links the backup is a copy, synced, with the mode of what it copies", async () => {
  for (const code of ["EPERM", "ENOTSUP", "EMLINK"]) {
    const replacement = await Replacement.of(BACKUP);
    const node = replacement.disk.file(
      (await replacement.faulty.fileSystem.stat(MAIN))!.ino as number,
    );
    node.mode = 0o640;
    replacement.log.length = 0;
    replacement.faulty.faults = [{ when: ({ name }) => name === "link", code }];
    assert.equal(await replacement.run(), undefined);
    const first = replacement.log.indexOf("link P");
    assert.deepEqual(replacement.log.slice(first, first + 8), [
      ...["link P", "readFile offset.json", "create P", "write P"],
      ...["fstat P", "chmod P", "sync P", "close P"],
    ]);
    assert.equal((await replacement.files())["offset.json.bak"], "old");
    assert.equal((await replacement.faulty.fileSystem.stat(`${MAIN}.bak`))!.mode, 0o640);
    assert.deepEqual(replacement.faulty.open, []);
  }
});

test("P7 a file that is not the one that was validated never becomes the backup", async () => {
  for (const link of ["works", "is unsupported"]) {
    const replacement = await Replacement.of(BACKUP);
    if (link !== "works") {
      replacement.faulty.faults = [{ when: ({ name }) => name === "link", code: "EPERM" }];
    }
    const failure = await replacement.run({ isMain: () => false });
    assert.equal((failure?.error as Error).name, "ChangedMeanwhileError");
    assert.equal(failure?.onDisk, "previous");
    assert.deepEqual(await replacement.files(), FILES);
  }
});

test("P7 P9 a main that goes before it is kept is a change, and nothing is replaced", async () => {
  const replacement = await Replacement.of(BACKUP);
  const { fileSystem } = replacement.faulty;
  await fileSystem.unlink(MAIN);
  const failure = await replacement.run();
  assert.equal((failure?.error as Error).name, "ChangedMeanwhileError");
  const { "offset.json": _, ...others } = FILES;
  assert.deepEqual(await replacement.files(), others);
});

test("P9 a file that somebody has changed by the look before the move is not moved aside", async () => {
  const bad: Kind = { keep: "aside", retire: "nothing", durability: "full" };
  const foreign: Kind = { keep: "nothing", retire: "move aside", durability: "full" };
  const cases = [
    { kind: bad, link: "works", look: 1 },
    { kind: bad, link: "is unsupported", look: 2 },
    { kind: foreign, link: "works", look: 1 },
  ];
  for (const { kind, link, look } of cases) {
    const replacement = await Replacement.of(kind);
    if (link !== "works") {
      replacement.faulty.faults = [{ when: ({ name }) => name === "link", code: "EPERM" }];
    }
    let looks = 0;
    const failure = await replacement.run({
      async look() {
        if (++looks === look) throw new ChangedMeanwhileError();
      },
    });
    assert.equal(looks, look);
    assert.deepEqual(replacement.reports, []);
    assert.ok(failure?.error instanceof ChangedMeanwhileError);
    assert.equal(failure.onDisk, "previous");
    assert.deepEqual(await replacement.files(), FILES);
  }
});

test("O3 P7 where the backup should be and a directory is, nothing is replaced", async () => {
  const replacement = await Replacement.of(BACKUP, { "offset.json": "old" });
  const { fileSystem } = replacement.faulty;
  await fileSystem.makeDirectory(`${MAIN}.bak`);
  const failure = await replacement.run();
  assert.equal((failure?.error as Error).name, "NotRegularFileError");
  assert.equal(failure?.onDisk, "previous");
  await fileSystem.removeDirectory(`${MAIN}.bak`);
  assert.deepEqual(await replacement.files(), { "offset.json": "old" });
});

test("J3 a journal that has changed meanwhile is kept aside, and the persist says either", async () => {
  const replacement = await Replacement.of(REMOVE);
  const failure = await replacement.run({ journalToRemove: () => Promise.resolve("changed") });
  assert.equal(failure?.onDisk, "either");
  assert.match(`${failure?.error}`, /somebody else has changed the journal meanwhile/);
  const { "offset.json": main, ...others } = await replacement.files();
  assert.equal(main, "new");
  const aside = Object.keys(others).filter((name) => name.startsWith("offset.json.journal"));
  assert.deepEqual(aside.map((name) => others[name]), ["records"]);
  assert.match(aside[0], /\.corrupt-/);
  assert.deepEqual(replacement.events.map(({ event }) => event), [
    "replaced",
    "journal moved aside",
  ]);
});

test("J3 a journal that is gone already counts as removed", async () => {
  const replacement = await Replacement.of(REMOVE, { "offset.json": "old" });
  assert.equal(await replacement.run(), undefined);
  assert.deepEqual(replacement.events.map(({ event }) => event), ["replaced", "journal removed"]);
  assert.ok(!replacement.log.includes("unlink offset.json.journal"));
});

test("J3 a journal that cannot be removed stays, and is reported; that is no failure", async () => {
  const replacement = await Replacement.of(REMOVE);
  replacement.faulty.faults = [{
    when: ({ name, path }) => name === "unlink" && path.endsWith(".journal"),
    code: "EPERM",
  }];
  assert.equal(await replacement.run(), undefined);
  assert.deepEqual(replacement.events.map(({ event }) => event), ["replaced", "journal stays"]);
  const [report] = replacement.reports;
  assert.ok(report.kind === "cleanup-failed");
  assert.equal(report.path, `${MAIN}.journal`);
  assert.equal((report.error as Error).message, systemError("EPERM", "unlink").message);
});

test("P7 a backup that cannot be renewed is reported, and is no failure: the new main is durable", async () => {
  const replacement = await Replacement.of(BACKUP);
  replacement.faulty.faults = [{
    when: ({ name, path }) => name === "rename" && path.endsWith(".bak"),
    code: "EACCES",
  }];
  assert.equal(await replacement.run(), undefined);
  assert.deepEqual(replacement.reports.map(({ kind, path }) => [kind, path]), [
    ["cleanup-failed", `${MAIN}.bak`],
  ]);
  assert.deepEqual(await replacement.files(), { ...FILES, "offset.json": "new" });
});

test("P4 a write that takes fewer bytes than it says is a failure", async () => {
  const replacement = await Replacement.of(BACKUP);
  const { fileSystem } = replacement.faulty;
  const failure = await replacement.run({
    fileSystem: {
      ...fileSystem,
      async create(path) {
        const file = await fileSystem.create(path);
        return {
          ...file,
          // It accepts three bytes, and takes two.
          write: async (bytes, at) => await file.write(bytes.subarray(0, 2), at) + 1,
        };
      },
    },
  });
  assert.equal((failure?.error as Error).name, "ShortWriteError");
  assert.equal(failure?.onDisk, "previous");
  assert.deepEqual(await replacement.files(), FILES);
});

test("P7 P8 where the backup is a second name of main, no third name is left", async () => {
  for (const retire of ["nothing", "remove"] as const) {
    const replacement = await Replacement.of({ keep: "backup", retire, durability: "full" });
    const fileSystem = new SimulatedFileSystem(replacement.disk);
    await fileSystem.unlink(`${MAIN}.bak`);
    await fileSystem.link(MAIN, `${MAIN}.bak`);
    assert.equal(await replacement.run(), undefined);
    const names = Object.keys(await replacement.files());
    assert.deepEqual(names.filter((name) => name.endsWith(".tmp")), []);
    assert.equal((await replacement.files())["offset.json.bak"], "old");
  }
});
