import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { unshareCommand } from "./prerequisites.ts";

/** Set for the process inside, to the folder in which it may leave files. */
const FOLDER = "OFFSETSTORE_BROKER_FOLDER";

/** The folder of this process, if it runs inside of a namespace that `runInNamespace` made. */
export function namespaceFolder(): string | undefined {
  return process.env[FOLDER];
}

/**
 * Runs a script of ours in a network namespace that has only loopback, and answers its exit code.
 *
 * A broker listens on all addresses, so it must not see a network. The namespace has its own
 * processes, and the script is their first: when it ends, however it ends, the kernel ends all
 * others. The script ends when its standard input does, which is the case once this process is
 * gone.
 *
 * @param script The path of the script.
 * @param args Its arguments.
 * @param cache Where its folder is made; the folder is removed at the end.
 */
export async function runInNamespace(
  script: string,
  args: readonly string[],
  cache: string,
): Promise<number> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "run-"));
  const run = process.versions.deno === undefined ? [] : ["run", "-A"];
  const inside = [process.execPath, ...run, script, ...args];
  const [program, ...rest] = unshareCommand(process.env);
  const child = spawn(
    program,
    [...rest, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...inside],
    {
      stdio: ["pipe", "inherit", "inherit"],
      env: { ...process.env, [FOLDER]: folder },
      // An interrupt at the terminal reaches this process only, which ends the input.
      detached: true,
    },
  );
  const stop = () => child.stdin!.end();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Ends this process, the first of a namespace, as soon as the one outside is gone.
 *
 * The other processes go first, so that none of them writes into the folder that is removed.
 */
export function endWithParent(): void {
  const folder = namespaceFolder();
  if (folder === undefined || process.pid !== 1) return;
  const end = () => {
    // From the first process of a namespace, -1 means all others of it.
    process.kill(-1, "SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.exit(130);
  };
  process.stdin.on("end", end).on("error", end).resume();
}
