/** O6, L5: a file in the place of a directory is not taken for a new store. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type FileSystem, LocalFileOffsetStore, OffsetLoadError } from "../../mod.ts";
import { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import {
  SimulatedFileSystem,
  systemError,
} from "../../scripts/verify/disk/simulated_file_system.ts";
import { wrap } from "../../scripts/verify/disk/replace_calls.ts";

const NOT_A_DIRECTORY = "it is not a directory, and a directory of the store would be there; " +
  "move it away, or choose another root";

/** A root of its own, of which `put` makes what it likes. */
async function refusalOf(put: (root: string) => Promise<string>): Promise<OffsetLoadError> {
  const root = await mkdtemp(join(tmpdir(), "offsetstore-"));
  try {
    const at = await put(root);
    const before = (await readdir(root, { recursive: true })).sort();
    const error = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root: at })
      .then(() => assert.fail("it opens"), (error) => error);
    assert.ok(error instanceof OffsetLoadError, `${error}`);
    assert.deepEqual((await readdir(root, { recursive: true })).sort(), before);
    return error;
  } finally {
    await rm(root, { recursive: true });
  }
}

for (const [what, names] of Object.entries({ root: [], "client id": ["c"], group: ["c", "g"] })) {
  test(`O6 L5 a file in the place of the directory of the ${what} is named, not taken for a new store`, async () => {
    let file = "";
    const error = await refusalOf(async (directory) => {
      const root = join(directory, "root");
      file = join(root, ...names);
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, "a file");
      return root;
    });
    assert.equal(error.path, file);
    assert.equal(error.code, "ENOTDIR");
    assert.equal(
      error.message,
      `Cannot load offsets from ${JSON.stringify(file)}: ${NOT_A_DIRECTORY}`,
    );
  });
}

test("O6 L5 a root that is a link to a disk that is not mounted is named", {
  skip: process.platform === "win32" && "links need a right that is not given",
}, async () => {
  const error = await refusalOf(async (directory) => {
    await symlink(join(directory, "unmounted", "offsets"), join(directory, "root"));
    return join(directory, "root");
  });
  assert.match(error.message, /root": it is a symbolic link to ".*unmounted.offsets", which is no/);
  assert.equal(error.code, "ENOENT");
});

/** Windows says ENOENT, where POSIX says ENOTDIR. */
function sayingMissing(fs: SimulatedFileSystem): FileSystem {
  const missing = <T>(call: Promise<T>) =>
    call.catch((error) => {
      throw error.code === "ENOTDIR" ? systemError("ENOENT", error.syscall, error.path) : error;
    });
  return wrap(fs, {
    readFile: (path) => missing(fs.readFile(path)),
    readLink: (path) => missing(fs.readLink(path)),
    readDirectory: (path) => missing(fs.readDirectory(path)),
    stat: (path) => fs.stat(path).catch((error) => error.code === "ENOTDIR" ? undefined : error),
  });
}

const openOnWindows = (fileSystem: FileSystem) =>
  LocalFileOffsetStore.open({ clientId: "c", group: "g", root: "D:\\offsets", fileSystem });

test("O6 on Windows a file in the place of a directory is no new store", async () => {
  const fs = new SimulatedFileSystem(new SimulatedDisk(), { paths: "win32" });
  await fs.create("D:\\offsets");
  await assert.rejects(openOnWindows(sayingMissing(fs)), {
    name: "OffsetLoadError",
    message: `Cannot load offsets from "D:\\\\offsets": ${NOT_A_DIRECTORY}`,
  });
});

test("O6 on Windows a drive that is not there is no new store", async () => {
  const fs = new SimulatedFileSystem(new SimulatedDisk(), { paths: "win32" });
  const store = await openOnWindows(fs);
  assert.equal(store.loadOutcome.kind, "fresh");
  const unplugged = wrap(fs, { stat: () => Promise.resolve(undefined) });
  await assert.rejects(openOnWindows(unplugged), {
    name: "OffsetLoadError",
    code: "ENOENT",
    message: 'Cannot load offsets from "D:\\\\": there is no such drive; ' +
      "attach it, or choose another root",
  });
});

test("O6 L5 a directory that may not be looked at says nothing against a new store", async () => {
  const fs = new SimulatedFileSystem(new SimulatedDisk(), { paths: "win32" });
  const blind = wrap(fs, { stat: (path) => Promise.reject(systemError("EACCES", "stat", path)) });
  assert.equal((await openOnWindows(blind)).loadOutcome.kind, "fresh");
});
