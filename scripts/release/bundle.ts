#!/usr/bin/env -S deno run --allow-read --allow-write=dist --allow-env --allow-run
/**
 * Makes what a release consists of, in `dist/`: the single-file ESM bundle of `mod.ts`, its declarations, and the npm
 * tarball.
 *
 * All are made from the files of this checkout: esbuild comes from `node_modules`, the tarball from `deno pack` and
 * `npm pack`. Only the tool that makes the declarations is fetched, through `npx`, if it is not in npm's cache. The tests
 * call this program as a library.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, stop, transform } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** How a bundle is written: for readers, or as short as can be. */
export type BundleForm = "readable" | "minified";

/** The names of the bundles in the folder that {@linkcode makeBundle} is given. */
export const BUNDLE_NAMES: Readonly<Record<BundleForm, string>> = {
  readable: "offsetstore.mjs",
  minified: "offsetstore.min.mjs",
};

/** The names of their declarations, where TypeScript looks for them. */
export const DECLARATIONS_NAMES: Readonly<Record<BundleForm, string>> = {
  readable: "offsetstore.d.mts",
  minified: "offsetstore.min.d.mts",
};

/** The packages that make declarations of one file. */
const DECLARATION_TOOLS = ["dts-bundle-generator@9.5.1", "typescript@5.9.3"];

/** Thrown when the bundle or the tarball cannot be made; `cause` is what the tool said. */
export class BundleError extends Error {
  /** The name of the class. */
  override readonly name = "BundleError";
}

async function readPackage(): Promise<{ name: string; version: string; license: string }> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8"));
}

/**
 * Writes `mod.ts` and all that it imports to one file, without types and with `node:` built-ins left as imports.
 *
 * @param folder Where to write it; made if it is not there.
 * @param form Whether it is minified.
 * @returns The path of the bundle.
 * @throws {BundleError} If esbuild refuses the sources.
 */
export async function makeBundle(folder: string, form: BundleForm = "readable"): Promise<string> {
  const outfile = resolve(folder, BUNDLE_NAMES[form]);
  const { name, version, license } = await readPackage();
  try {
    const { outputFiles: [{ text }] } = await build({
      absWorkingDir: root,
      entryPoints: ["mod.ts"],
      bundle: true,
      write: false,
      minify: form === "minified",
      // The sources have the comments: they would be a sixth of the bundle.
      minifyWhitespace: true,
      format: "esm",
      // Neutral, not node: nothing is looked up in node_modules, so that a dependency that crept into src/ fails here.
      platform: "neutral",
      external: ["node:*"],
      target: "es2022",
      charset: "utf8",
      logLevel: "silent",
    });
    const { code } = form === "minified"
      ? { code: text }
      : await transform(text, { format: "esm", target: "es2022", charset: "utf8" });
    await mkdir(resolve(folder), { recursive: true });
    await writeFile(outfile, `// ${name} ${version}, ${license} licence\n${code}`);
  } catch (cause) {
    throw new BundleError(`Cannot bundle "mod.ts": ${(cause as Error).message}`, { cause });
  } finally {
    // The service that esbuild starts would keep Deno from ending.
    await stop();
  }
  return outfile;
}

/**
 * Writes the operator's tool and all that it imports to one file, which npm makes the program `offsetstore`.
 *
 * @param folder Where to write it; made if it is not there.
 * @returns The path of the program.
 * @throws {BundleError} If esbuild refuses the sources.
 */
export async function makeProgram(folder: string): Promise<string> {
  const outfile = resolve(folder, "offsetstore.js");
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ["scripts/offsetstore.ts"],
      outfile,
      bundle: true,
      format: "esm",
      platform: "neutral",
      external: ["node:*"],
      target: "es2022",
      // offsets.ts is part of the program here, and not what was started.
      define: { "import.meta.main": "false" },
      logLevel: "silent",
    });
    // The first line of the source names Deno.
    const text = await readFile(outfile, "utf8");
    await writeFile(outfile, text.replace(/^#!.*/, "#!/usr/bin/env node"), { mode: 0o755 });
  } catch (cause) {
    throw new BundleError(`Cannot bundle "scripts/offsetstore.ts": ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    await stop();
  }
  return outfile;
}

/**
 * Writes the declarations of all that `mod.ts` exports to one file, to lie beside the bundle.
 *
 * @param folder Where to write it; made if it is not there.
 * @returns The path of the declarations.
 * @throws {BundleError} If they cannot be made.
 */
export async function makeDeclarations(folder: string): Promise<string> {
  const outfile = resolve(folder, DECLARATIONS_NAMES.readable);
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(resolve(folder), "types-"));
  try {
    const project = join(work, "tsconfig.json");
    const compilerOptions = {
      target: "es2022",
      module: "nodenext",
      lib: ["esnext"],
      types: ["node"],
      typeRoots: [join(root, "node_modules", "@types")],
      allowImportingTsExtensions: true,
      emitDeclarationOnly: true,
    };
    const files = [join(root, "mod.ts")];
    await writeFile(project, JSON.stringify({ compilerOptions, files }));
    const packages = DECLARATION_TOOLS.flatMap((name) => ["-p", name]);
    // The sources are checked elsewhere.
    const flags = ["--silent", "--no-check", "--no-banner", "--project", project, "-o", outfile];
    await run("npx", ["-y", ...packages, "dts-bundle-generator", ...flags, ...files]);
  } catch (cause) {
    throw new BundleError(`Cannot make "${outfile}": ${(cause as Error).message}`, { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return outfile;
}

/**
 * Writes `mod.ts` and `src/` as JavaScript, with declarations of the types, to `dist/node`.
 *
 * Node strips types, but not under `node_modules`: there the `node` condition of `package.json` leads here.
 *
 * @throws {BundleError} If the files cannot be made.
 */
export async function makeNodeFiles(): Promise<void> {
  const folder = join(root, "dist");
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "pack-"));
  try {
    const tarball = join(work, "deno.tgz");
    // Internal modules need no declarations; that they have none is no failure.
    const flags = [
      "--quiet",
      "--allow-dirty",
      "--no-source-maps",
      "--ignore=scripts,tests,examples",
    ];
    await run(process.execPath, ["pack", ...flags, "--output", tarball]);
    await run("tar", ["-xzf", tarball, "-C", work]);
    const [made, target] = [join(work, "package"), join(folder, "node")];
    for (const name of ["mod.js", "mod.d.ts", "src"]) {
      await rename(join(made, name), join(work, name));
    }
    await Promise.all([made, tarball].map((path) => rm(path, { recursive: true })));
    await rm(target, { recursive: true, force: true });
    await rename(work, target);
    await makeProgram(join(target, "bin"));
  } catch (cause) {
    throw new BundleError(`Cannot make "dist/node": ${(cause as Error).message}`, { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args, { cwd: root, shell: process.platform === "win32" });
}

/**
 * Packs the files that `package.json` names, as `npm publish` would, with what Node needs.
 *
 * @param folder Where to write it; made if it is not there.
 * @returns The path of the tarball.
 * @throws {BundleError} If npm fails.
 */
export async function makeTarball(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { name, version } = await readPackage();
  await makeNodeFiles();
  try {
    const flags = ["--ignore-scripts", "--silent", "--pack-destination", resolve(folder)];
    await run("npm", ["pack", ...flags]);
  } catch (cause) {
    throw new BundleError(`Cannot pack "package.json": ${(cause as Error).message}`, { cause });
  }
  return resolve(folder, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
}

if (import.meta.main) {
  const folder = join(root, "dist");
  console.log(await makeBundle(folder));
  console.log(await makeDeclarations(folder));
  console.log(await makeTarball(folder));
}
