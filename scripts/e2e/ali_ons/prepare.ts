import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Runtime, runtimeCommand } from "../../lib/runtimes.ts";

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL("../", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../node_modules/ali-ons", import.meta.url));

/** Installs ali-ons beside the scripts, unless it is there. */
export async function installAliOns(): Promise<void> {
  if (existsSync(INSTALLED)) return;
  const flags = ["--no-package-lock", "--no-audit", "--no-fund"];
  await run("npm", ["install", "--prefix", FOLDER, ...flags], {
    shell: process.platform === "win32",
  });
}

/** The path of a runtime's executable, which works without a network, as npx does not. */
export async function runtimePath(runtime: Runtime): Promise<string> {
  const [command, ...args] = runtimeCommand(runtime);
  const show = "console.log(process.execPath)";
  const print = runtime === "deno" ? ["eval", show] : ["-e", show];
  return (await run(command, [...args, ...print])).stdout.trim();
}

/** How a runtime's executable runs a program. */
export function commandOf(runtime: Runtime, path: string): readonly [string, ...string[]] {
  if (runtime === "deno") return [path, "run", "-A"];
  return runtime === "bun" ? [path, "run"] : [path];
}
