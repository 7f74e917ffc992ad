/** Finds and runs Deno, Bun and Node, for the programs and tests that must see each of them. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

export type Runtime = "deno" | "bun" | "node";

export const RUNTIMES: readonly Runtime[] = ["deno", "bun", "node"];

/** What `npx` fetches when the runtime is not installed. */
const PACKAGES: Record<Runtime, string> = { deno: "deno@2.9.6", bun: "bun@1.4.5", node: "node@24" };

/** The runtime that runs this. */
export function currentRuntime(): Runtime {
  if (process.versions.deno !== undefined) return "deno";
  return process.versions.bun !== undefined ? "bun" : "node";
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The command that starts a runtime: the running one if it is that, one on the PATH, or else through `npx`.
 *
 * A `node` on the PATH is not taken: it may be older than the 24 that the package needs, and `npx` itself brings one.
 */
export function runtimeCommand(runtime: Runtime): readonly [string, ...string[]] {
  if (runtime === currentRuntime()) return [process.execPath];
  if (runtime !== "node" && onPath(runtime)) return [runtime];
  return ["npx", "-y", PACKAGES[runtime]];
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
 * `npx` starts a wrapper that costs a second, and whose death is not that of the runtime: the
 * runtime itself says where it is, once.
 */
export function findExecutable(runtime: Runtime): Promise<string> {
  let executable = executables.get(runtime);
  if (executable === undefined) executables.set(runtime, executable = ask(runtime));
  return executable;
}

const executables = new Map<Runtime, Promise<string>>();

async function ask(runtime: Runtime): Promise<string> {
  if (runtime === currentRuntime()) return process.execPath;
  const [program, ...args] = runtimeCommand(runtime);
  const evaluate = runtime === "deno" ? "eval" : "-e";
  const code = "console.log(process.execPath)";
  const { stdout } = await promisify(execFile)(program, [...args, evaluate, code]);
  return stdout.trim();
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a runtime to its end and answers its standard output; rejects, with all that it printed, if it fails. */
export function runRuntime(
  runtime: Runtime,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<string> {
  const [program, ...prefix] = runtimeCommand(runtime);
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...prefix, ...args],
      { cwd, env: { ...process.env, ...env }, timeout: 120_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else {
          reject(
            new Error(
              `Cannot run ${runtime} ${args.join(" ")}: ${error.message}\n${stdout}${stderr}`,
              {
                cause: error,
              },
            ),
          );
        }
      },
    );
  });
}
