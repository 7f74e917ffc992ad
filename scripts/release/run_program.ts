import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { ReleaseError } from "./release_error.ts";

/**
 * Runs a program to its end.
 *
 * @returns What it printed on its standard output.
 * @throws {ReleaseError} If it fails; the message has all that it printed.
 */
export async function runProgram(cwd: string, command: readonly string[]): Promise<string> {
  const [program, ...args] = command;
  // npm and npx are scripts on Windows.
  const options = { cwd, shell: process.platform === "win32", maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await promisify(execFile)(program, args, options);
    return stdout;
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new ReleaseError(`Cannot run "${command.join(" ")}":\n${stdout}${stderr}`.trim(), {
      cause,
    });
  }
}
