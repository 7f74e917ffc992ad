/** Owner, group and rights of new files: a courtesy, which fails no persist and widens no right. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LocalFileOffsetStore, type OpenOptions, serialize } from "../../mod.ts";
import { systemError } from "../../scripts/verify/disk/simulated_file_system.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { type DiskProcess, LOCK } from "./disk_process.ts";
import { OwnedDisk, type Ownership, SUPERUSER, type User } from "./owned_disk.ts";

const CONSUMER = { uid: 1000, gid: 1000 };
/** A group of which the consumer's file is, so that others may read it. */
const READERS = 2000;

const OPTIONS: readonly Partial<OpenOptions>[] = [
  {},
  { journal: true },
  { onConflict: "merge", journal: true },
];

async function persistThrice(process: DiskProcess, options: Partial<OpenOptions> = {}) {
  const store = await process.open(options);
  for (const offset of [2, 3, 4]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  return store;
}

/** A disk with a main at 1. */
function withMain(main: Ownership, directory: Ownership = { ...CONSUMER, mode: 0o700 }) {
  return OwnedDisk.make({ "offset.json": serialize(tableOf(1)) }, {
    ".": directory,
    "offset.json": main,
  });
}

async function expectPersists(owned: OwnedDisk, user: User, options: Partial<OpenOptions>) {
  let store: LocalFileOffsetStore | undefined;
  const persisting = persistThrice(owned.process(user), options).then((opened) => store = opened);
  await assert.doesNotReject(persisting);
  await assert.doesNotReject(store!.close());
  assert.equal((await owned.process(SUPERUSER).open()).peek(queue(0)), 4n);
}

for (const call of ["chown", "chmod"] as const) {
  for (const code of ["EPERM", "EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]) {
    test(`O2 a file system that answers ${call} with ${code} is served`, async () => {
      for (const options of OPTIONS) {
        const owned = await withMain({ ...CONSUMER, mode: 0o640 });
        owned.refuse = (refused) => refused === call ? code : undefined;
        await expectPersists(owned, SUPERUSER, options);
      }
    });
  }
}

test("O1 main keeps owner, group and rights when root writes it", async () => {
  for (const options of OPTIONS) {
    for (const mode of [0o600, 0o640, 0o664]) {
      const main = { uid: 1000, gid: READERS, mode };
      const owned = await withMain(main);
      await (await persistThrice(owned.process(SUPERUSER), options)).close();
      assert.deepEqual(await owned.ownershipOf("offset.json"), main);
    }
  }
});

test("O1 a journal takes owner, group and rights after main", async () => {
  for (const user of [SUPERUSER, { uid: 1000, groups: [1000, READERS] }]) {
    const main = { uid: 1000, gid: READERS, mode: 0o660 };
    const owned = await withMain(main);
    await persistThrice(owned.process(user), { journal: true });
    assert.deepEqual(await owned.ownershipOf("offset.json.journal"), main);
  }
});

test("O1 a lock takes owner, group and rights after main", async () => {
  const main = { uid: 1000, gid: READERS, mode: 0o660 };
  const owned = await withMain(main);
  const process = owned.process(SUPERUSER);
  const locks: Ownership[] = [];
  process.system.before = async ({ name, path }) => {
    if (name === "unlink" && path === LOCK) locks.push(await owned.ownershipOf("offset.json.lock"));
  };
  await persistThrice(process, { onConflict: "merge" });
  assert.ok(locks.length >= 3);
  for (const lock of locks) assert.deepEqual(lock, main);
});

test("O1 a copied backup takes owner, group and rights after main", async () => {
  const main = { uid: 1000, gid: READERS, mode: 0o640 };
  const owned = await withMain(main);
  const link = (path: string) => Promise.reject(systemError("ENOTSUP", "link", path));
  await persistThrice(owned.process(SUPERUSER, { link }));
  assert.deepEqual(await owned.ownershipOf("offset.json.bak"), main);
});

for (const damage of ["missing", "bad"]) {
  test(
    `O1 a main that is recovered takes after the file that it was recovered from: ${damage}`,
    async () => {
      const backup = { uid: 1000, gid: READERS, mode: 0o640 };
      const files = { "offset.json.bak": serialize(tableOf(1)) };
      const owned = damage === "missing"
        ? await OwnedDisk.make(files, { "offset.json.bak": backup })
        : await OwnedDisk.make({ ...files, "offset.json": "" }, {
          "offset.json.bak": backup,
          "offset.json": { uid: 0, gid: 0, mode: 0o600 },
        });
      await persistThrice(owned.process(SUPERUSER));
      assert.deepEqual(await owned.ownershipOf("offset.json"), backup);
    },
  );
}

test("O1 a first file that root makes is the directory's owner's", async () => {
  for (const options of OPTIONS) {
    const owned = await OwnedDisk.make({ "something.else": "" }, {
      ".": { uid: 1000, gid: READERS, mode: 0o750 },
    });
    await persistThrice(owned.process(SUPERUSER), options);
    const expected = { uid: 1000, gid: READERS, mode: 0o600 };
    assert.deepEqual(await owned.ownershipOf("offset.json"), expected);
    if (options.journal) {
      assert.deepEqual(await owned.ownershipOf("offset.json.journal"), expected);
    }
  }
});

test("O1 a first file that another user makes is that user's, also in another user's directory", async () => {
  const owned = await OwnedDisk.make({ "something.else": "" }, {
    ".": { uid: 0, gid: READERS, mode: 0o770 },
  });
  await persistThrice(owned.process({ uid: 1000, groups: [1000, READERS] }));
  const { uid, mode } = await owned.ownershipOf("offset.json");
  assert.deepEqual([uid, mode], [1000, 0o600]);
});

test("O2 where the owner cannot be kept, the group is", async () => {
  for (const options of OPTIONS) {
    const owned = await withMain({ uid: 1001, gid: READERS, mode: 0o660 });
    await expectPersists(owned, { uid: 1000, groups: [1000, READERS] }, options);
    const expected = { uid: 1000, gid: READERS, mode: 0o660 };
    assert.deepEqual(await owned.ownershipOf("offset.json"), expected);
  }
});

/** What all others than owner and group may do, or the group. */
const others = ({ mode }: Ownership) => mode & 0o007;
const group = ({ mode }: Ownership) => (mode & 0o070) >> 3;

for (const mode of [0o640, 0o660, 0o664]) {
  test(
    `O2 where the group cannot be kept, its rights go to no other group: ${mode.toString(8)}`,
    async () => {
      const main = { uid: 1001, gid: READERS, mode };
      const owned = await withMain(main);
      await expectPersists(owned, { uid: 1000, groups: [1000] }, {});
      const now = await owned.ownershipOf("offset.json");
      assert.deepEqual([now.uid, now.gid], [1000, 1000]);
      // Members of the new group were among all others.
      assert.equal(group(now) & ~others(main), 0, now.mode.toString(8));
      for (const each of owned.given) {
        if (each.gid !== READERS) {
          assert.equal(group(each) & ~others(main), 0, each.mode.toString(8));
        }
      }
    },
  );
}

test(
  "O2 where the group cannot be kept, what it was denied stays denied to its members",
  async () => {
    const main = { uid: 1001, gid: READERS, mode: 0o604 };
    const owned = await withMain(main);
    await expectPersists(owned, { uid: 1000, groups: [1000] }, {});
    // They are among all others from now on.
    assert.equal(others(await owned.ownershipOf("offset.json")) & ~group(main), 0);
  },
);

test("O2 rights are never wider on the way, also where all is kept", async () => {
  for (const options of OPTIONS) {
    const main = { uid: 1000, gid: READERS, mode: 0o640 };
    const owned = await withMain(main);
    await expectPersists(owned, SUPERUSER, options);
    for (const each of owned.given) {
      if (each.gid !== READERS) assert.equal(group(each), 0);
      assert.equal(each.mode & ~main.mode, 0);
    }
  }
});
