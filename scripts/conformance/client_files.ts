/**
 * All access of the kit to the files of a client. The client may move or remove a file at any time,
 * or put something else in its place, so each function tells three outcomes apart: the file, no
 * file, and a violation.
 */
import { Buffer } from "node:buffer";
import { type BigIntStats, constants, type Stats } from "node:fs";
import { chmod, mkdir, open, readdir, realpath, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { isBelow } from "./own_directory.ts";
import { NotShown, Violation } from "./verdict.ts";

/** An offset file is far smaller; the kit does not read more into memory. */
const LARGEST = 64 * 1024 * 1024;

/** Opening a FIFO without this flag waits for a process at its other end. */
const { O_NONBLOCK = 0, O_RDONLY, O_WRONLY, O_CREAT } = constants;

/** The bytes of a file; `undefined` if there is no file. */
export function readClientFile(path: string): Promise<Uint8Array | undefined> {
  return unlessMissing(path, "read", async () => {
    const file = await open(path, O_RDONLY | O_NONBLOCK);
    try {
      const info = await file.stat();
      expectRegular(path, info);
      if (info.size > LARGEST) {
        throw new Violation(
          `${basename(path)} has at most ${LARGEST} bytes`,
          `it has ${info.size} bytes`,
        );
      }
      return new Uint8Array(await file.readFile());
    } finally {
      await file.close();
    }
  });
}

/** The identity, time of change and size of a file; `undefined` if there is no file. */
export function statClientFile(path: string): Promise<BigIntStats | undefined> {
  return unlessMissing(path, "examine", () => stat(path, { bigint: true }));
}

/**
 * Writes a file as another process does. All of the root's directories are made first.
 *
 * @throws {Violation} If a link leads out of the root, or the path is no regular file.
 * @throws {NotShown} If the client removes the directory again and again.
 */
export async function writeClientFile(
  root: string,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const written = await unlessMissing(path, "write", async () => {
      await mkdir(dirname(path), { recursive: true });
      await expectInside(root, path);
      const file = await open(path, O_WRONLY | O_CREAT | O_NONBLOCK);
      try {
        expectRegular(path, await file.stat());
        await file.truncate(0);
        await file.writeFile(bytes);
      } finally {
        await file.close();
      }
      return true;
    });
    if (written) return;
  }
  throw new NotShown(`the client keeps removing the directory of ${basename(path)}`);
}

/** Sets the time of change of a file, in seconds; does nothing if there is no file. */
export async function setTime(path: string, seconds: number): Promise<void> {
  await unlessMissing(path, "set the time of", () => utimes(path, seconds, seconds));
}

/** Sets the permissions of a file or a directory; does nothing if there is none. */
export async function setPermissions(path: string, mode: number): Promise<void> {
  await unlessMissing(path, "set the permissions of", () => chmod(path, mode));
}

/** Deletes one file of a client, if it is there. */
export async function deleteClientFile(root: string, path: string): Promise<void> {
  await unlessMissing(path, "delete", async () => {
    await expectInside(root, path);
    await rm(path);
  });
}

/** All files below a directory, as sorted paths relative to it; links are not followed. */
export async function filesBelow(directory: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [directory];
  for (let folder; (folder = folders.pop()) !== undefined;) {
    const path = folder;
    const entries = await unlessMissing(
      path,
      "list",
      () => readdir(path, { withFileTypes: true }),
    ) ?? [];
    for (const entry of entries) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) folders.push(child);
      else found.push(relative(directory, child));
    }
  }
  return found.sort();
}

/** All files below a directory with their bytes, each byte as one character. */
export async function contentsBelow(directory: string): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const file of await filesBelow(directory)) {
    const bytes = await readClientFile(join(directory, file));
    // A file that is gone by now is none of the contents.
    if (bytes !== undefined) contents.set(file, Buffer.from(bytes).toString("latin1"));
  }
  return contents;
}

function expectRegular(path: string, info: Stats): void {
  if (info.isFile()) return;
  const kind = info.isDirectory() ? "a directory" : info.isFIFO() ? "a FIFO" : "a special file";
  throw new Violation(`${basename(path)} is a regular file`, `it is ${kind}`);
}

async function expectInside(root: string, path: string): Promise<void> {
  const folder = await realpath(dirname(path));
  const real = await realpath(root);
  if (folder === real || isBelow(real, folder)) return;
  throw new Violation("the client's files lie below root", "a link leads out of root");
}

/** Runs an access to a file: a missing file is `undefined`, any other failure is a violation. */
async function unlessMissing<T>(
  path: string,
  action: string,
  access: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await access();
  } catch (error) {
    if (error instanceof Violation) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new NotShown(`the kit cannot ${action} a file: ${code}`);
    }
    throw new Violation(
      `other processes can ${action} ${basename(path)}`,
      `the call fails: ${code ?? message}`,
    );
  }
}
