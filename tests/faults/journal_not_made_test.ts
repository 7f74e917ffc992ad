/** A journal that cannot be made: what the error says, and what is on the disk. */
import assert from "node:assert/strict";
import { lstat, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  type LocalFileOffsetStore,
  nodeFileSystem,
  type OpenOptions,
  serialize,
} from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";
import { DiskProcess, JOURNAL } from "./disk_process.ts";

const skip = process.platform === "win32" && "links need a right that is not given";

/** No lock is waited for in real time. */
const fileSystem = { ...nodeFileSystem, pause: () => Promise.resolve() };

/** A directory in which one of the store's names is a link to `target`, beside a file `victim`. */
async function withLink(name: string, target: string, main: boolean): Promise<StoreDirectory> {
  const at = await StoreDirectory.make(main ? { "offset.json": tableOf(0) } : {});
  await mkdir(at.directory, { recursive: true });
  await writeFile(join(at.root, "victim"), "secret", { mode: 0o640 });
  await symlink(join(at.root, target), at.path(name));
  return at;
}

/** Persists six offsets, and expects of each that it is there, or that the error is right. */
async function persistBesideLink(at: StoreDirectory, options: Partial<OpenOptions>): Promise<void> {
  const path = at.path("offset.json.journal");
  const isClear = (error: { readonly message: string }) =>
    error.message.includes(path) && /\blink\b/.test(error.message);
  let store: LocalFileOffsetStore;
  try {
    store = await at.open({ fileSystem, ...options });
  } catch (error) {
    assert.equal((error as Error).name, "OffsetLoadError");
    return assert.ok(isClear(error as Error), String(error));
  }
  for (let offset = 1; offset <= 6; offset++) {
    store.update(queue(0), offset, true);
    const before = await at.text("offset.json").catch(() => undefined);
    const error = await store.persist().then(() => undefined, (error) => error);
    if (error === undefined) {
      assert.ok((await at.table()).equals(tableOf(offset)), `acknowledged ${offset}`);
      continue;
    }
    assert.equal(error.name, "OffsetPersistError");
    assert.equal(error.onDisk, "previous", error.message);
    assert.ok(isClear(error), error.message);
    assert.equal(await at.text("offset.json").catch(() => undefined), before);
  }
  await store.close().catch(() => {});
}

for (const onConflict of ["throw", "merge"] as const) {
  for (const main of [false, true]) {
    test(
      `P4 O3 a dangling link in the journal's place is a clear error: ${onConflict}, main ${main}`,
      { skip },
      async () => {
        await using at = await withLink("offset.json.journal", "nowhere", main);
        await persistBesideLink(at, { journal: true, onConflict });
        assert.ok((await lstat(at.path("offset.json.journal"))).isSymbolicLink());
        await assert.rejects(lstat(join(at.root, "nowhere")), { code: "ENOENT" });
      },
    );
  }
}

test("O3 O4 the target of a link is never changed", { skip }, async () => {
  const names = ["bak", "journal", "lock", "tmp"];
  for (const name of names) {
    for (
      const options of [{}, { journal: true }, { onConflict: "merge", journal: true }] as const
    ) {
      await using at = await withLink(`offset.json.${name}`, "victim", true);
      try {
        const store = await at.open({ fileSystem, ...options });
        for (let offset = 1; offset <= 3; offset++) {
          store.update(queue(0), offset, true);
          await store.persist().catch(() => {});
        }
        await store.close();
      } catch {
        // To refuse is right as well.
      }
      const victim = join(at.root, "victim");
      assert.equal(await readFile(victim, "utf8"), "secret", name);
      assert.equal((await lstat(victim)).mode & 0o777, 0o640, name);
    }
  }
});

for (const code of ["EEXIST", "ENOSPC", "EACCES", "EMFILE"]) {
  test(
    `P4 J1 nothing was written if the journal could not be created, and the error says so: ${code}`,
    async () => {
      for (const onConflict of ["throw", "merge"] as const) {
        const disk = await diskWith({ "offset.json": serialize(tableOf(0)) });
        const process = new DiskProcess(disk);
        const store = await process.open({ journal: true, onConflict });
        const load = async () => (await new DiskProcess(disk).open()).peek(queue(0));
        process.fail({ when: ({ name, path }) => name === "create" && path === JOURNAL, code });
        for (let offset = 1; offset <= 5; offset++) {
          store.update(queue(0), offset, true);
          const before = await load();
          const error = await store.persist().then(() => undefined, (error) => error);
          if (error !== undefined) {
            assert.equal(error.onDisk, "previous", error.message);
            assert.equal(error.code, code);
          }
          assert.equal(await load(), error === undefined ? BigInt(offset) : before);
        }
      }
    },
  );
}
