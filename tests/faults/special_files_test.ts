/** FIFOs, devices, sockets and directories where a store has its files: a clear error, and no change. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { lstat, mkdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { serialize } from "../../mod.ts";
import { StoreDirectory, tableOf } from "../support/store_directory.ts";
import { tellOf, type Told } from "./special_files_story.ts";

/** So long may all of a story take in a process of its own; one that hangs is killed. */
const LIMIT_MS = 60_000;

/** Makes something that is no regular file; answers how to end it. */
type Make = (at: StoreDirectory, path: string) => Promise<() => void>;

const makeDevice = (path: string) => {
  // The null device, which gives nothing and takes all.
  assert.equal(spawnSync("mknod", [path, "c", "1", "3"]).status, 0);
};

const KINDS: Record<string, { readonly make: Make; readonly skip: string | false }> = {
  "a directory": {
    skip: false,
    make: async (_at, path) => {
      await mkdir(path);
      return () => {};
    },
  },
  "a socket": {
    skip: process.platform === "win32" && "Windows has no files that are sockets",
    make: async (_at, path) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(path, resolve));
      return () => server.close();
    },
  },
  "a device": {
    skip: process.getuid?.() !== 0 && "only root may make a device",
    make: async (_at, path) => {
      makeDevice(path);
      return () => {};
    },
  },
  "a link to a device": {
    skip: process.getuid?.() !== 0 && "only root may make a device",
    make: async (at, path) => {
      await mkdir(at.path("dev"));
      makeDevice(at.path("dev/null"));
      await symlink(at.path("dev/null"), path);
      return () => {};
    },
  },
};

/** The names of a store at which something special may lie, with the files that are there else. */
const NAMES: Record<string, readonly string[]> = {
  "offset.json": ["offset.json.bak"],
  "offset.json.bak": ["offset.json"],
  "offset.json.journal": ["offset.json"],
  "offset.json.lock": ["offset.json"],
  "offset.json.tmp": ["offset.json.bak"],
};

/** A store's directory with something special under one of its names. */
async function withSpecial(name: string, make: Make) {
  const files = Object.fromEntries(NAMES[name].map((other) => [other, tableOf(1)]));
  const at = await StoreDirectory.make(files);
  await mkdir(at.directory, { recursive: true });
  const end = await make(at, at.path(name));
  // Where a link leads to must stay, too.
  const look = async () => {
    const infos = [await lstat(at.path(name)), await stat(at.path(name))];
    return infos.map(({ ino, mode, rdev }) => ({ ino, mode, rdev }));
  };
  return { at, end, look };
}

const CLEAR = new RegExp(
  "not a regular file|illegal operation on a directory|" +
    "is an? (?:FIFO|named pipe|(?:character |block )?device|socket|directory)",
  "i",
);

/** Expects that the store, and the tool that verifies, say at once what is wrong with the path. */
function expectClear({ store, tool }: Told, name: string): void {
  // A message may name the link, or where it leads to.
  const names = [name, "dev/null"];
  const isClear = (text: string) => names.some((each) => text.includes(each)) && CLEAR.test(text);
  assert.ok(store.some(isClear), `the store says ${JSON.stringify(store)}`);
  // A lock is nothing to verify.
  if (name !== "offset.json.lock") assert.ok(isClear(tool.verify), `the tool says ${tool.verify}`);
}

for (const [kind, { make, skip }] of Object.entries(KINDS)) {
  for (const name of Object.keys(NAMES)) {
    const story = `${kind}, ${name}`;
    test(
      `O3 a path that is no regular file is a clear error, and stays: ${story}`,
      { skip },
      async () => {
        const { at, end, look } = await withSpecial(name, make);
        await using _ = at;
        try {
          const before = await look();
          const told = await tellOf(at.root, at.main);
          const after = await look().catch((error) => error.code);
          assert.deepEqual(after, before, JSON.stringify(told));
          expectClear(told, name);
        } finally {
          end();
        }
      },
    );
  }
}

/** Tells the same in a process of its own. */
function tellElsewhere(at: StoreDirectory): Promise<Told> {
  const options = process.versions.deno === undefined ? [] : ["run", "-A"];
  const script = fileURLToPath(new URL("special_files_story.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const args = [...options, script, at.root, at.main];
    const limit = { timeout: LIMIT_MS, killSignal: "SIGKILL" } as const;
    execFile(process.execPath, args, limit, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout));
      if (error.killed) return reject(new assert.AssertionError({ message: "it hangs" }));
      reject(new Error(`${error.message}\n${stderr}`, { cause: error }));
    });
  });
}

const makeFifo: Make = async (_at, path) => {
  assert.equal(spawnSync("mkfifo", [path]).status, 0);
  return () => {};
};

const hasFifos = spawnSync("mkfifo", ["--version"]).error === undefined;

const skip = !hasFifos && "there is no mkfifo";

/** A store with a FIFO, beside another one that is well: their diagnostics, and the FIFO then. */
async function tellOfFifo(name: string) {
  const { at, look } = await withSpecial(name, makeFifo);
  try {
    const other = `${at.root}/client/other`;
    await mkdir(other);
    await writeFile(`${other}/offset.json`, serialize(tableOf(7)));
    const before = await look();
    const told = await tellElsewhere(at);
    const after = await look().catch((error) => error.code);
    return { told, before, after };
  } finally {
    await rm(at.root, { recursive: true });
  }
}

/** All of these at once, since those that hang take their time. */
let telling: Map<string, ReturnType<typeof tellOfFifo>> | undefined;

function tellOfFifos(name: string): ReturnType<typeof tellOfFifo> {
  if (telling === undefined) {
    telling = new Map(Object.keys(NAMES).map((name) => [name, tellOfFifo(name)]));
    for (const each of telling.values()) each.catch(() => {});
  }
  return telling.get(name)!;
}

for (const name of Object.keys(NAMES)) {
  test(`O3 a FIFO is a clear error, never a hang, and stays: ${name}`, { skip }, async () => {
    const { told, before, after } = await tellOfFifos(name);
    assert.deepEqual(after, before);
    expectClear(told, name);
  });

  test(`O3 a FIFO keeps the tool from listing no other store: ${name}`, { skip }, async () => {
    const { told } = await tellOfFifos(name);
    assert.match(told.tool.list, /\bother\b.*\bok\b/);
  });
}
