import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runtime } from "../../lib/runtimes.ts";
import { shellWord } from "./shell_word.ts";

/** The permissions that the tool needs. */
export const DENO_RUN = "deno run --allow-read --allow-write --allow-env";

/**
 * How the user has started the tool.
 *
 * @param script The address of the script that was started.
 * @param cwd Where it was started; Deno may want a permission to tell.
 */
export function programName(script: string, runtime: Runtime, cwd: () => string): string {
  if (!script.startsWith("file:")) return `${DENO_RUN} ${script}`;
  const path = fileURLToPath(script);
  if (runtime === "deno") return "deno task offsets";
  return `${runtime} ${shellWord(relative(cwd(), path))}`;
}
