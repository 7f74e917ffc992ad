/** The temporary files that interrupted writes leave: which are found, and which are removed. */
import assert from "node:assert/strict";
import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { nodeFileSystem, OffsetLoadError } from "../../../mod.ts";
import { makeUniqueName, pendingBackupOf, temporaryOf } from "../../../src/file/paths.ts";
import { findTemporaryFiles, removeLeftovers } from "../../../src/file/recovery/temporary_files.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { pendingBackupName, temporaryName } from "../../support/temporary_names.ts";

/** Names that are not ours, though some look like it. */
const OTHERS = [
  "offset.json",
  "offset.json.bak",
  "offset.json.journal",
  "offset.json.x.tmp",
  "offset.json..tmp",
  "offset.json.1.tmp",
  "offset.json.bak.tmp",
  `${temporaryName(1)}.gz`,
  ` ${temporaryName(1)}`,
  `x${temporaryName(1)}`,
  temporaryName(1, "offsets.json"),
  temporaryName(1, "offset.json.bak"),
  temporaryName(1, "offset_json"),
  temporaryName(1).toUpperCase(),
  temporaryName(1).replace("0000000", "000000"),
  temporaryName(1).replace("0000000", "00000000"),
  temporaryName(1).replace("T", "t"),
  temporaryName(1).replace("Z-", "-"),
  temporaryName(10).replace("a.tmp", "A.tmp"),
  pendingBackupName(1).replace(".bak", ".BAK"),
  pendingBackupName(1).replace(".bak", ".bak.bak"),
];

/** A file system whose directory has these names. */
const listing = (names: readonly string[]) => ({
  ...nodeFileSystem,
  readDirectory: async () => [...names],
});

test("P8 exactly our own names and Go's one name are found, each as what it is", async () => {
  const names = [...OTHERS, temporaryName(1), pendingBackupName(2), "offset.json.tmp"];
  assert.deepEqual(await findTemporaryFiles(listing(names), "/d/offset.json"), {
    pendingBackups: [`/d/${pendingBackupName(2)}`],
    temporaries: [temporaryName(1), "offset.json.tmp"].map((name) => `/d/${name}`),
  });
});

test("P8 files are found in one order, whatever the system's", async () => {
  const names = [3, 1, 2].flatMap((n) => [temporaryName(n), pendingBackupName(n)]);
  await check(
    fc.asyncProperty(fc.shuffledSubarray(names, { minLength: names.length }), async (listed) => {
      assert.deepEqual(await findTemporaryFiles(listing(listed), "/d/offset.json"), {
        pendingBackups: [1, 2, 3].map((n) => `/d/${pendingBackupName(n)}`),
        temporaries: [1, 2, 3].map((n) => `/d/${temporaryName(n)}`),
      });
    }),
  );
});

test("P8 every name that the store makes is found, for any main", async () => {
  for (const main of ["/d/offset.json", "/d/offsets.json", "/d/a+(b).[c]", "offset.json"]) {
    const unique = makeUniqueName();
    const paths = [temporaryOf(main, unique), pendingBackupOf(main, unique)];
    const names = paths.map((path) => path.replace("/d/", ""));
    assert.deepEqual(await findTemporaryFiles(listing(names), main), {
      temporaries: [paths[0]],
      pendingBackups: [paths[1]],
    });
  }
});

test("L1 where there is no directory there are no files", async () => {
  await using at = await StoreDirectory.make();
  assert.deepEqual(await findTemporaryFiles(nodeFileSystem, at.main), {
    pendingBackups: [],
    temporaries: [],
  });
});

test("L5 a directory that cannot be listed is an error", async () => {
  await using at = await StoreDirectory.make({ "offset.json.bak": "" });
  const faulty = new FaultyFileSystem();
  for (const code of ["EACCES", "EIO", undefined]) {
    faulty.faults = [{ when: ({ name }) => name === "readDirectory", code }];
    await assert.rejects(findTemporaryFiles(faulty.fileSystem, at.main), (error) => {
      assert.ok(error instanceof OffsetLoadError);
      assert.deepEqual([error.path, error.code], [at.directory, code]);
      return true;
    });
  }
});

/** The real file system at a time so many milliseconds after the files were written. */
const later = (ms: number) => ({ ...nodeFileSystem, now: () => 1e12 + ms });

/** Writes files and sets their time. */
async function write(at: StoreDirectory, ...names: string[]): Promise<void> {
  for (const name of names) {
    await writeFile(at.path(name), "");
    await utimes(at.path(name), 1e9, 1e9);
  }
}

const MINUTE_MS = 60_000;
const NONE = { pendingBackups: [], temporaries: [] };

test("P8 our own files that are a minute old are removed, and nothing else", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const ours = [temporaryName(1), temporaryName(2), pendingBackupName(3)];
  const others = OTHERS.filter((name) => name !== "offset.json.bak.tmp");
  await write(at, ...ours, ...others, "offset.json.tmp");
  const before = await at.names();
  const found = {
    pendingBackups: [at.path(pendingBackupName(3))],
    temporaries: [at.path(temporaryName(1)), at.path(temporaryName(2))],
  };
  assert.deepEqual(await removeLeftovers(later(MINUTE_MS - 1), at.main), found);
  assert.deepEqual(await at.names(), before, "their writers may still be at work");
  assert.deepEqual(await removeLeftovers(later(-1e9), at.main), found);
  assert.deepEqual(await at.names(), before, "their times may lie ahead");
  assert.deepEqual(await removeLeftovers(later(MINUTE_MS), at.main), NONE);
  assert.deepEqual(await at.names(), before.filter((name) => !ours.includes(name)));
});

test("O3 O4 only regular files of our names are removed", async () => {
  await using at = await StoreDirectory.make({ target: "text" });
  await mkdir(at.path(temporaryName(1)));
  await symlink("nowhere", at.path(temporaryName(2)));
  await utimes(at.path(temporaryName(1)), 1e9, 1e9);
  assert.deepEqual(await removeLeftovers(later(MINUTE_MS), at.main), NONE);
  assert.deepEqual(await at.names(), [temporaryName(1), temporaryName(2), "target"]);
});

test("P8 a leftover that goes while it is removed is no failure", async () => {
  for (const call of ["stat", "unlink"]) {
    await using at = await StoreDirectory.make({ other: "" });
    await write(at, temporaryName(1), temporaryName(2));
    const faulty = new FaultyFileSystem(later(MINUTE_MS));
    let gone = false;
    faulty.before = async ({ name, path }) => {
      if (name !== call || gone) return;
      gone = true;
      await rm(path);
    };
    await removeLeftovers(faulty.fileSystem, at.main);
    assert.deepEqual(await at.names(), ["other"]);
  }
});

test("P8 a temporary file has the time of its last write, whatever its name says", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const path = temporaryOf(at.main, nodeFileSystem.uniqueName());
  await writeFile(path, "");
  await utimes(path, 1e9, 1e9);
  assert.deepEqual(await removeLeftovers(nodeFileSystem, at.main), NONE);
  assert.deepEqual(await at.names(), ["other"]);
});

test("P8 a leftover that becomes its writer's main while it is looked at stays", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  await write(at, temporaryName(1));
  const faulty = new FaultyFileSystem(later(MINUTE_MS));
  faulty.before = async ({ name, path }) => {
    if (name === "stat") await rename(path, at.main);
  };
  await removeLeftovers(faulty.fileSystem, at.main);
  assert.deepEqual(await at.names(), ["offset.json", "other"]);
});

test("P8 a leftover that cannot be removed is an error", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  await write(at, temporaryName(1));
  const faulty = new FaultyFileSystem(later(MINUTE_MS));
  for (const [call, code] of [["unlink", "EACCES"], ["stat", "EIO"], ["readDirectory", "EIO"]]) {
    faulty.faults = [{ when: ({ name }) => name === call, code }];
    await assert.rejects(removeLeftovers(faulty.fileSystem, at.main), { code });
  }
});

test(
  "P8 a pending backup of a persist that is under way stays, however old main is",
  async () => {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    // As the protocol makes it: a second name of a main that was written long ago.
    const pending = pendingBackupOf(at.main, nodeFileSystem.uniqueName());
    await nodeFileSystem.link(at.main, pending);
    await removeLeftovers(nodeFileSystem, at.main);
    assert.ok(await nodeFileSystem.stat(pending));
  },
);
