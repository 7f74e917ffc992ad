import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { downloadJars } from "../broker/jars.ts";
import { missingPrograms } from "../interop/toolchains.ts";
import type { Io } from "../lib/io.ts";
import type { Runtime } from "../lib/runtimes.ts";
import { installAliOns, runtimePath } from "./ali_ons/prepare.ts";
import type { Part, Plan } from "./plan.ts";

const run = promisify(execFile);
const GO_SOURCES = fileURLToPath(new URL("../../tests/interop/go", import.meta.url));

/** The values of the command line. */
export interface Wanted {
  readonly parts: readonly Part[];
  readonly versions: readonly string[];
  readonly runtimes: readonly Runtime[];
  /** Where the downloads are kept. */
  readonly cache: string;
  readonly slice: boolean;
  readonly json: boolean;
}

/**
 * Downloads and builds what the parts need, and leaves out the parts whose toolchain is missing.
 *
 * @throws {Error} If a toolchain that is there fails.
 */
export async function prepare(wanted: Wanted, env: NodeJS.ProcessEnv, io: Io): Promise<Plan> {
  const missing = missingToolchains(wanted.parts, env);
  const parts = wanted.parts.filter((part) => !missing.has(part));
  const skipped = [...missing].map(([part, why]) => `${part}: ${why}`);
  io.err("Get the jars, the clients and the runtimes\n");
  for (const version of wanted.versions) await downloadJars(wanted.cache, version);
  const runtimes = [];
  if (parts.includes("ali-ons")) {
    await installAliOns();
    for (const name of wanted.runtimes) runtimes.push({ name, path: await runtimePath(name) });
  }
  const goConsumer = join(wanted.cache, "go-consumer");
  if (parts.includes("go")) {
    await run("go", ["build", "-o", goConsumer, "./consumer"], { cwd: GO_SOURCES });
  }
  return { ...wanted, parts, skipped, runtimes, goConsumer };
}

/** Why parts cannot run; Java and Maven, which all parts need, are not looked at here. */
export function missingToolchains(
  parts: readonly Part[],
  env: NodeJS.ProcessEnv,
): ReadonlyMap<Part, string> {
  const missing = new Map<Part, string>();
  if (parts.includes("go") && missingPrograms("go", env).length > 0) {
    missing.set("go", "go is not installed");
  }
  if (parts.includes("ali-ons") && !hasNpm(env)) {
    missing.set("ali-ons", "npm is not installed");
  }
  return missing;
}

const hasNpm = (env: NodeJS.ProcessEnv): boolean =>
  spawnSync("npm", ["--version"], { env, stdio: "ignore", shell: process.platform === "win32" })
    .status === 0;
