/** Makes the files of a release from a checkout without changes. */
import { createHash } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { buildSite } from "../site/build_site.ts";
import { DECLARATIONS_NAMES, makeBundle, makeDeclarations, makeTarball } from "./bundle.ts";
import { ReleaseError } from "./release_error.ts";
import { runProgram } from "./run_program.ts";

/** The file with the checksums, as `sha256sum --check` reads it. */
export const SUMS_NAME = "SHA256SUMS";

/**
 * The version that `deno.json` and `package.json` agree on.
 *
 * @throws {ReleaseError} If they do not.
 */
export async function agreedVersion(root: string): Promise<string> {
  const [deno, npm] = await Promise.all(["deno.json", "package.json"].map(async (file) => {
    const { version } = JSON.parse(await readFile(join(root, file), "utf8"));
    return version as unknown;
  }));
  if (typeof deno === "string" && deno === npm) return deno;
  throw new ReleaseError(
    `Cannot stage a release: deno.json has version ${JSON.stringify(deno)}, ` +
      `package.json has ${JSON.stringify(npm)}`,
  );
}

/**
 * Refuses a checkout with changes, so that a release is what a commit holds.
 *
 * @throws {ReleaseError} If it has any, or is no checkout.
 */
export async function refuseChanges(root: string): Promise<void> {
  const changes = await runProgram(root, ["git", "status", "--porcelain"]);
  if (changes === "") return;
  throw new ReleaseError(
    `Cannot stage a release: the checkout has changes, commit them first:\n${changes.trimEnd()}`,
  );
}

/**
 * Makes the bundle, the minified bundle, the declarations of both, the tarball, the documentation and
 * the checksums.
 *
 * @param folder An empty folder.
 * @param begin Called as each file begins.
 * @returns The text of the checksums.
 * @throws {ReleaseError} If a file cannot be made.
 */
export async function stage(
  root: string,
  folder: string,
  begin: (what: string) => void,
): Promise<string> {
  begin("the bundles");
  const files = [await makeBundle(folder), await makeBundle(folder, "minified")];
  begin("the declarations");
  const declarations = await makeDeclarations(folder);
  const copy = join(folder, DECLARATIONS_NAMES.minified);
  await copyFile(declarations, copy);
  files.push(declarations, copy);
  begin("the tarball");
  files.push(await makeTarball(folder));
  await buildSite(join(folder, "site"), "/", (part) => begin(`the site: ${part}`));
  files.push(await packSite(root, folder));
  const sums = await Promise.all(files.map(sumOf));
  await writeFile(join(folder, SUMS_NAME), sums.join(""));
  return sums.join("");
}

async function packSite(root: string, folder: string): Promise<string> {
  const archive = join(folder, `offsetstore-docs-${await agreedVersion(root)}.tgz`);
  await runProgram(folder, ["tar", "-czf", basename(archive), "site"]);
  return archive;
}

/** A line of the checksums; two spaces, as `sha256sum` writes it. */
async function sumOf(path: string): Promise<string> {
  const sum = createHash("sha256").update(await readFile(path)).digest("hex");
  return `${sum}  ${basename(path)}\n`;
}

/** The commands that publish, without publishing. */
export function dryRuns(): readonly (readonly string[])[] {
  return [
    ["npm", "publish", "--dry-run", "--ignore-scripts", "--access", "public"],
    [process.execPath, "publish", "--dry-run", "--allow-dirty"],
  ];
}
