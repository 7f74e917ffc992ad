import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "../lib/child.ts";

/** The part of the kit's report that the matrix shows. */
export interface Report {
  readonly client: { readonly name: string; readonly version: string };
  readonly results: readonly {
    readonly id: string;
    readonly state: "holds" | "fails" | "differs" | "vacuous" | "unsupported" | "not shown";
  }[];
}

const KIT = ["deno", "run", "-A", fileURLToPath(new URL("../conformance.ts", import.meta.url))];

/** How the kit is to be run. */
export interface KitOptions {
  readonly runs: number;
  readonly only?: string;
  readonly seed: number;
}

/**
 * Holds a client against the specification, and keeps the kit's report in the file.
 *
 * @throws {Error} If the kit does not come to an end.
 */
export async function conformance(
  command: readonly string[],
  { runs, only, seed }: KitOptions,
  file: string,
): Promise<Report> {
  // A virtual machine that starts on a busy machine is slow.
  const options = ["--json", "--runs", String(runs), "--seed", String(seed), "--start", "60"];
  if (only !== undefined) options.push("--only", only);
  await writeFile(file, await run([...KIT, ...options, "--", ...command], [0, 1]));
  return JSON.parse(await readFile(file, "utf8"));
}

/** Makes one page of the reports. */
export async function reportPage(reports: readonly string[], page: string): Promise<void> {
  await run([...KIT, "report", "--html", page, ...reports], [0]);
}

/** The driver around our own store. */
export function ownCommand(): readonly string[] {
  const driver = join("..", "..", "tests", "conformance", "driver.ts");
  return ["deno", "run", "-A", fileURLToPath(new URL(driver, import.meta.url))];
}

async function run(command: readonly string[], codes: readonly number[]): Promise<string> {
  const child = new Child(command);
  child.hangUp();
  const { code, lines, errors } = await child.ended;
  // An uncaught error also ends the kit with code 1, but without a report.
  if (code !== null && codes.includes(code) && lines.length > 0) return lines.join("\n") + "\n";
  throw new Error(`the kit ended with code ${code}: ${errors.trim().slice(-500)}`);
}
