import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Runtime } from "./runtimes.ts";

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
  let bundle = bundles.get(source);
  if (bundle === undefined) bundles.set(source, bundle = bundleOf(source));
  const bytes = await bundle;
  if (bytes === undefined) return { file: source, cache };
  const file = join(folder, `${basename(source, ".ts")}.mjs`);
  await writeFile(file, bytes);
  return { file, cache };
}

/** The bundles that this process has made: esbuild is a process of its own, which starts slowly. */
const bundles = new Map<string, Promise<Uint8Array | undefined>>();

/** Bundles a program; `undefined` without esbuild. */
async function bundleOf(source: string): Promise<Uint8Array | undefined> {
  try {
    const { build, stop } = await import("esbuild");
    try {
      const { outputFiles } = await build({
        entryPoints: [source],
        write: false,
        bundle: true,
        format: "esm",
        platform: "neutral",
        external: ["node:*"],
        target: "es2022",
        logLevel: "silent",
      });
      return outputFiles[0].contents;
    } finally {
      await stop();
    }
  } catch {
    return undefined;
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
