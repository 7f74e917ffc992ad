/** Finds and runs Deno, Bun and Node, for the tests that must see each of them. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

export type Runtime = "deno" | "bun" | "node";

/** What `npx` fetches when the runtime is not installed. */
const PACKAGES: Record<Runtime, string> = { deno: "deno@2.9.6", bun: "bun@1.4.5", node: "node@24" };

function currentRuntime(): Runtime {
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
