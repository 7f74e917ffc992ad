import process from "node:process";
import { fileURLToPath } from "node:url";

/** For drivers that start while many tests run at the same time: no test depends on a time. */
export const PATIENT = () => 300_000;

/** The command that runs a script beside this one, on the runtime that runs this. */
export function runScript(name: string, ...args: string[]): string[] {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const options = process.versions.deno === undefined ? [] : ["run", "-A"];
  return [process.execPath, ...options, script, ...args];
}
