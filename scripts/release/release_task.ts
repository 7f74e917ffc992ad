/** The task `release`, without the functions that only JSR has. */
import { join } from "node:path";
import { EXIT } from "../lib/exit_code.ts";
import type { Io } from "../lib/io.ts";
import { flag, type Option, wholeNumber } from "../lib/options.ts";
import type { Task } from "../lib/task.ts";
import { UsageError } from "../lib/usage_error.ts";
import { SiteError } from "../site/build_site.ts";
import { BundleError, makeTarball } from "./bundle.ts";
import { checkPackage } from "./check_package.ts";
import { ReleaseError } from "./release_error.ts";
import { agreedVersion, refuseChanges, stage } from "./stage.ts";
import { verify } from "./verify.ts";

/** The task's surroundings. */
export interface Surroundings {
  /** The folder of the repository. */
  readonly root: string;
  /** Makes a folder, or removes all that is in it. */
  emptyFolder(path: string): Promise<void>;
  /** Tries so often until an attempt succeeds. Its error may have the last one as its cause. */
  retry(attempt: () => Promise<void>, attempts: number): Promise<void>;
}

const OPTIONS = {
  attempts: wholeNumber("N", "how often verify tries each URL (default 5)", 1, 5),
  "allow-changes": flag("stage a checkout with changes, to try it"),
};

type Values = { readonly attempts: number; readonly "allow-changes": boolean };
type Options = { readonly [Name in keyof Values]: Option<Values[Name]> };

/** The task in these surroundings. */
export function releaseTask(around: Surroundings): Task<Options> {
  return {
    name: "release",
    action: "make a release",
    summary: "Makes the files of a release, checks its package, or tries a published release.",
    usage: ["stage [--allow-changes]", "check", "verify [--attempts N] URL..."],
    options: OPTIONS,
    takes: "operands",
    details:
      "stage makes in dist/, which is emptied first: the bundle and the minified bundle with " +
      "their declarations, the npm tarball, the documentation, and SHA256SUMS. check runs publint, " +
      "are-the-types-wrong, and dry runs of npm publish and deno publish. verify runs a program that " +
      "imports each URL: .ts in Deno; .mjs in Deno, Bun and Node; .tgz installed in Bun and Node. " +
      "It tries again while the URL is not there yet.",
    examples: [
      "stage",
      "check",
      "verify https://example.com/v0.1.0/mod.ts https://example.com/v0.1.0/offsetstore.mjs",
    ],
    exitCodes: "0 all is well, 1 the release is not in order",
    async run(values, io, [command, ...operands]) {
      try {
        return await runCommand(around, command, operands, values, io);
      } catch (error) {
        const isExpected = [ReleaseError, BundleError, SiteError].some((type) =>
          error instanceof type
        );
        if (!isExpected) throw error;
        io.err(`${(error as Error).message}\n`);
        return EXIT.finding;
      }
    },
  };
}

async function runCommand(
  around: Surroundings,
  command: string | undefined,
  operands: readonly string[],
  values: Values,
  io: Io,
): Promise<number> {
  if (command !== "verify" && operands.length > 0) {
    throw new UsageError(`${JSON.stringify(operands[0])} is one argument too many`);
  }
  switch (command) {
    case "stage":
      return await runStage(around, values, io);
    case "check":
      return await runCheck(around, io);
    case "verify":
      return await runVerify(around, operands, values, io);
    case undefined:
      throw new UsageError("no command is given: stage, check or verify");
    default:
      throw new UsageError(`${JSON.stringify(command)} is none of stage, check and verify`);
  }
}

async function runStage(
  { root, emptyFolder }: Surroundings,
  values: Values,
  io: Io,
): Promise<number> {
  const version = await agreedVersion(root);
  if (!values["allow-changes"]) await refuseChanges(root);
  const folder = join(root, "dist");
  await emptyFolder(folder);
  const sums = await stage(root, folder, (what) => io.out(`making ${what}\n`));
  io.out(`Staged ${version} in dist/\n${sums}`);
  return EXIT.ok;
}

async function runCheck({ root }: Surroundings, io: Io): Promise<number> {
  const tarball = await makeTarball(join(root, "dist"));
  await checkPackage(root, tarball, (name) => io.out(`ok  ${name}\n`));
  return EXIT.ok;
}

async function runVerify(
  { retry }: Surroundings,
  urls: readonly string[],
  { attempts }: Values,
  io: Io,
): Promise<number> {
  if (urls.length === 0) throw new UsageError("no URL is given");
  let failures = 0;
  for await (const { url, where, error } of verify(urls, (attempt) => retry(attempt, attempts))) {
    if (error !== undefined) failures++;
    const last = error?.cause instanceof ReleaseError ? error.cause : error;
    io.out(
      error === undefined
        ? `ok  ${url} in ${where}\n`
        : `FAILED ${url} in ${where}\n${last!.message}\n`,
    );
  }
  return failures === 0 ? EXIT.ok : EXIT.finding;
}
