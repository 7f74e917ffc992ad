import { basename, join } from "node:path";
import { nodeFileSystem } from "../../../mod.ts";
import { quote } from "../../lib/escape.ts";
import { CommandError } from "../command_line/command_error.ts";

const MAIN_NAMES = ["offset.json", "offsets.json"];

/**
 * The main file that a path means: the path itself, or the one main file in a directory.
 *
 * @param otherwise The name of the file in a directory that holds none, or is not there yet.
 * @throws {CommandError} If a directory holds two main files, or none and `otherwise` is missing.
 */
export async function storeIn(path: string, otherwise?: string): Promise<string> {
  const info = await nodeFileSystem.stat(path).catch(() => undefined);
  const isDirectory = info === undefined
    ? !MAIN_NAMES.includes(basename(path))
    : info.kind === "directory";
  if (!isDirectory) return path;
  const names = info === undefined ? [] : await nodeFileSystem.readDirectory(path);
  const mains = MAIN_NAMES.filter((name) => names.includes(name));
  const name = mains.length === 0 ? otherwise : mains[0];
  if (mains.length < 2 && name !== undefined) return join(path, name);
  throw new CommandError(
    `Cannot choose a store in ${quote(path)}: it holds ${mains.length === 0 ? "none" : "two"}`,
    "Name the file: offset.json is Go's, offsets.json is Java's.",
    { code: mains.length === 0 ? "missing" : "usage", path },
  );
}
