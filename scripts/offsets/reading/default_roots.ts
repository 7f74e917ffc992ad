import { readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { errorCode } from "../../../src/file/errors/error_code.ts";
import { ROOT_VARIABLE } from "../../../src/file/paths.ts";

/** Where Go's, Java's and the JavaScript client keep their stores, in the home directory. */
const FOLDERS = [".rocketmq_client_go", ".rocketmq_offsets", ".rocketmq_offsets_node"];

/** The clients' own roots that exist on this machine; Deno may want permissions to tell. */
export async function defaultRoots(): Promise<string[]> {
  const home = process.env.HOME || process.env.USERPROFILE;
  const configured = process.env[ROOT_VARIABLE];
  const usual = home ? FOLDERS.map((folder) => join(home, folder)) : [];
  const roots: string[] = [];
  for (const root of configured ? [configured, ...usual] : usual) {
    if (!roots.includes(root) && await exists(root)) roots.push(root);
  }
  return roots;
}

/** A path that cannot be read exists; a later read reports it. */
async function exists(path: string): Promise<boolean> {
  return await readdir(path).then(
    () => true,
    (error) => !["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? ""),
  );
}
