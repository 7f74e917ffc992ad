import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Runtime, runtimeCommand } from "../../lib/runtimes.ts";

export type { Runtime };

export const RUNTIMES: readonly Runtime[] = ["deno", "bun", "node"];

/** The runtime that runs this. */
export function currentRuntime(): Runtime {
  if (process.versions.deno !== undefined) return "deno";
  return process.versions.bun !== undefined ? "bun" : "node";
}

/** The runtimes that an option names. */
export function readRuntimes(value: string): readonly Runtime[] {
  if (value === "all") return RUNTIMES;
  const found = RUNTIMES.filter((runtime) => runtime === value);
  if (found.length > 0) return found;
  throw new RangeError(
    `--runtime ${JSON.stringify(value)} is none of ${RUNTIMES.join(", ")} and all`,
  );
}

/**
 * Finds the executable of a runtime.
 *
 * What `npx` starts is a wrapper that costs a second, and whose death is not that of the runtime:
 * the runtime itself says where it is, once.
 */
export async function findExecutable(runtime: Runtime): Promise<string> {
  if (runtime === currentRuntime()) return process.execPath;
  const [program, ...args] = runtimeCommand(runtime);
  const evaluate = runtime === "deno" ? "eval" : "-e";
  const code = "console.log(process.execPath)";
  const { stdout } = await promisify(execFile)(program, [...args, evaluate, code]);
  return stdout.trim();
}

/** The program that a soak kills. */
export const VICTIM = new URL("victim.ts", import.meta.url);

/** How to start a program. */
export interface Program {
  readonly file: string;
  /** Where the runtime may keep what it compiled. */
  readonly cache: string;
}

/**
 * Makes a program ready to be started very often.
 *
 * A bundle, as the release has one, starts in a fifth of the time on Node, which otherwise strips
 * the types of each file anew. Without esbuild the sources are run as they are.
 */
export async function prepare(url: URL, folder: string): Promise<Program> {
  const cache = join(folder, "cache");
  await mkdir(cache, { recursive: true });
  const source = fileURLToPath(url);
  const file = join(folder, `${basename(source, ".ts")}.mjs`);
  try {
    const { build, stop } = await import("esbuild");
    try {
      await build({
        entryPoints: [source],
        outfile: file,
        bundle: true,
        format: "esm",
        platform: "neutral",
        external: ["node:*"],
        target: "es2022",
        logLevel: "silent",
      });
    } finally {
      await stop();
    }
    return { file, cache };
  } catch {
    return { file: source, cache };
  }
}

/** The command line that runs a program. */
export function commandLine(
  runtime: Runtime,
  executable: string,
  { file }: Program,
  args: readonly string[],
): [string, ...string[]] {
  const flags = runtime === "deno"
    ? ["run", "--quiet", "--no-config", "--no-lock", "--allow-read", "--allow-write"]
    : [];
  return [executable, ...flags, file, ...args];
}

/** The environment of a child: what it compiles is kept where a kill can do no harm. */
export function environment({ cache }: Program): NodeJS.ProcessEnv {
  return { ...process.env, DENO_DIR: cache, NO_COLOR: "1" };
}
