/** Errors have the same code at the same moment, whichever runtime the store runs on. */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";
import { DiskProcess } from "./disk_process.ts";

/** Errors of Linux as runtimes throw them, whose code is in the message or in the number only. */
const ERRORS: Record<string, () => Error> = {
  "EDQUOT, Deno": () => new Error("Disk quota exceeded (os error 122)"),
  "EFBIG, Deno": () => new Error("File too large (os error 27)"),
  "ENOSYS, Deno": () => new Error("Function not implemented (os error 38)"),
  "EACCES, Deno": () =>
    Object.assign(new Error("Permission denied (os error 13)"), { name: "PermissionDenied" }),
  "EPERM, Deno": () =>
    Object.assign(new Error("Operation not permitted (os error 1)"), { name: "PermissionDenied" }),
  "EDQUOT, Node": () =>
    Object.assign(new Error("Unknown system error -122: Unknown system error -122, write"), {
      code: "Unknown system error -122",
      errno: -122,
      syscall: "write",
    }),
};

const skip = process.platform !== "linux" && "the numbers are those of Linux";

for (const [what, makeError] of Object.entries(ERRORS)) {
  const code = what.split(",")[0];

  test(`P4 an error of a persist has a code: ${what}`, { skip }, async () => {
    const disk = await diskWith({ "offset.json": serialize(tableOf(1)) });
    let isFailing = true;
    const writer = new DiskProcess(disk);
    const failing = new DiskProcess(disk, {
      async create(path) {
        const file = await writer.disk.create(path);
        return {
          ...file,
          write: (...args) => isFailing ? Promise.reject(makeError()) : file.write(...args),
        };
      },
    });
    const store = await failing.open();
    store.update(queue(0), 2, true);
    await assert.rejects(store.persist(), {
      name: "OffsetPersistError",
      code,
      onDisk: "previous",
    });
    isFailing = false;
    await store.persist();
  });

  test(`L5 an error of a load has a code: ${what}`, { skip }, async () => {
    const disk = await diskWith({ "offset.json": serialize(tableOf(1)) });
    const failing = new DiskProcess(disk, { readFile: () => Promise.reject(makeError()) });
    await assert.rejects(failing.open(), { name: "OffsetLoadError", code });
  });
}

/** What no file system takes for the name of a directory. */
const LONG = "x".repeat(300);

test("L5 a name that is too long is an error of open, not a fresh store", async () => {
  for (const options of [{ clientId: LONG }, { group: LONG }, { clientId: LONG, group: LONG }]) {
    for (const journal of [false, true]) {
      await using at = await StoreDirectory.make();
      await mkdir(join(at.root, "client"));
      await assert.rejects(at.open({ journal, ...options }), {
        name: "OffsetLoadError",
        code: "ENAMETOOLONG",
      });
    }
  }
});

test("L5 a file in a directory's place is an error of open, not a fresh store", async () => {
  for (const level of ["client", "group"]) {
    await using at = await StoreDirectory.make();
    if (level === "group") await mkdir(join(at.root, "client"));
    await writeFile(level === "group" ? at.directory : join(at.root, "client"), "");
    await assert.rejects(at.open(), { name: "OffsetLoadError", code: "ENOTDIR" });
  }
});
