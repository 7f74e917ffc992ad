/** Builds the site of the documentation: pages with a search, the reference, and the inspector. */
import { execFile } from "node:child_process";
import { appendFile, copyFile, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildInspector } from "./build_inspector.ts";
import { stagePages } from "./stage_pages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GENERATOR = fileURLToPath(new URL("./generator/", import.meta.url));
const ENTRIES = ["mod.ts", "src/core/mod.ts", "src/remote/mod.ts", "src/ali_ons/mod.ts"];

/** Where the generator is installed and works; it is kept, so that the next build is quick. */
const WORK = join(ROOT, "dist", "site-work");

/** Deno's style makes a page as wide as its longest line of code; a phone is narrower. */
const NARROW = "\nbody div, main, section { min-width: 0; max-width: 100%; }\n" +
  "pre { overflow-x: auto; }\n#topnav, #topnav > div { flex-wrap: wrap; height: auto; }\n";

/** Thrown when the site cannot be built; `cause` has the output of the program that failed. */
export class SiteError extends Error {
  override readonly name = "SiteError";
}

/** The parts of a build, in their order. */
export type Part = "generator" | "pages" | "reference" | "inspector";

/**
 * Builds the site. Deno only: it writes the reference with `deno doc`.
 *
 * @param folder Where to write it. Its former content is removed.
 * @param base The path of the site on its server, with a slash at both ends.
 * @param begin Called as each part begins.
 * @throws {SiteError} If npm, VitePress or Deno fails: on a dead link, for example.
 */
export async function buildSite(
  folder: string,
  base: string,
  begin: (part: Part) => void,
): Promise<void> {
  begin("generator");
  await installGenerator();
  begin("pages");
  const pages = join(WORK, "pages");
  await rm(pages, { recursive: true, force: true });
  await stagePages(ROOT, pages);
  await mkdir(join(pages, ".vitepress"), { recursive: true });
  await copyFile(join(GENERATOR, "config.mjs"), join(pages, ".vitepress", "config.mjs"));
  const vitepress = join(WORK, "node_modules", "vitepress", "bin", "vitepress.js");
  await run("npx", [
    "-y",
    "node@24",
    vitepress,
    "build",
    pages,
    "--outDir",
    folder,
    "--base",
    base,
  ]);
  begin("reference");
  const output = `--output=${join(folder, "reference")}`;
  await run(process.execPath, ["doc", "--html", "--name=Offset store", output, ...ENTRIES]);
  await appendFile(join(folder, "reference", "page.css"), NARROW);
  begin("inspector");
  await writeFile(join(folder, "inspector.html"), await buildInspector());
}

async function installGenerator(): Promise<void> {
  await mkdir(WORK, { recursive: true });
  await copyFile(join(GENERATOR, "package.json"), join(WORK, "package.json"));
  try {
    await stat(join(WORK, "node_modules", "vitepress"));
  } catch {
    const flags = ["--prefix", WORK, "--no-audit", "--no-fund", "--no-package-lock", "--silent"];
    await run("npm", ["install", ...flags]);
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const isWindows = process.platform === "win32";
  try {
    await promisify(execFile)(program, args, { cwd: ROOT, shell: isWindows });
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout?: string; stderr?: string };
    const output = `${stdout ?? ""}${stderr ?? ""}`.trim();
    throw new SiteError(`Cannot build the site: ${program} ${args[0]} failed\n${output}`, {
      cause,
    });
  }
}
