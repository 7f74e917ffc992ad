import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { type OffsetFileFormat, type OffsetTable, serialize } from "../../mod.ts";
import { CommandError } from "./command_error.ts";
import { quote } from "./escape.ts";
import { resolveMain } from "./resolve_main.ts";
import { describeSystemError, errorCode } from "./system_error.ts";

/**
 * Writes a table crash-safely: at every instant the old or the new file is there, whole.
 *
 * @param rotate Whether the present main file becomes the backup; only a valid one may.
 */
export async function writeStore(
  path: string,
  table: OffsetTable,
  { format, rotate }: { format: OffsetFileFormat; rotate: boolean },
): Promise<void> {
  try {
    await writeGeneration(path, new TextEncoder().encode(serialize(table, { format })), rotate);
  } catch (error) {
    throw new CommandError(
      `Cannot write ${quote(path)}: ${describeSystemError(error)}`,
      "The file is as it was; make room or give permission, then run the same command again.",
      { cause: error },
    );
  }
}

async function writeGeneration(path: string, bytes: Uint8Array, rotate: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const main = await resolveMain(path);
  const temporary = `${main}.${randomUUID()}.tmp`;
  const mode = await stat(main).then((found) => found.mode & 0o777, () => 0o600);
  try {
    await writeNew(temporary, bytes, mode);
    if (rotate) await renewBackup(main, mode);
    await syncDirectory(main);
    await rename(temporary, main);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(main);
}

async function writeNew(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    // In a loop: on a full disk a short write is reported as success.
    for (let written = 0; written < bytes.length;) {
      written += (await file.write(bytes, written)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function renewBackup(main: string, mode: number): Promise<void> {
  await rm(`${main}.bak`, { force: true });
  try {
    await link(main, `${main}.bak`);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    // Not every file system has hard links.
    await writeNew(`${main}.bak`, await readFile(main), mode);
  }
}

async function syncDirectory(main: string): Promise<void> {
  // Windows cannot sync a directory.
  if (process.platform === "win32") return;
  const directory = await open(dirname(main), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
