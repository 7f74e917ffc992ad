#!/usr/bin/env -S deno run --allow-read --allow-write --allow-env --allow-run
/**
 * The maintainers' script: `stage` makes a release in `dist/`, `verify` tries a published one in Deno and Bun.
 *
 * For Deno only, and the only file that imports from JSR. Its `jsr:` specifiers stand in `deno.json`, as Deno wants them,
 * because Deno looks at JSR no sooner than a file that imports them is loaded: every other file checks, lints and tests
 * where JSR cannot be reached (`deno install` then tries, and still succeeds). That holds only while `deno.lock` has no
 * `jsr` section and nothing else imports this file; so it is run with `--no-lock`.
 *
 * @module
 */
import { retry, RetryError } from "@std/async/retry";
import { emptyDir } from "@std/fs/empty-dir";
import { basename, fromFileUrl, join } from "@std/path";
import { makeBundle, makeDeclarations, makeTarball } from "./bundle.ts";

const HELP = `Stage a release, or verify a published one.

Usage:
  deno task release stage
  deno task release verify [--attempts N] URL...

stage   checks that deno.json and package.json name the same version, then makes in dist/ (emptied first)
        the single-file bundle, its declarations, the npm tarball and SHA256SUMS.
verify  runs a program that imports each URL, and tries again (5 times unless told) while it is not there yet:
          .ts         in Deno, by URL
          .mjs, .js   in Deno by URL, in Bun as a fetched Blob
          .tgz        in Bun, installed by URL

Options:
  --attempts N  how often to try each URL
  -h, --help    this text

Examples:
  deno task release stage
  deno task release verify https://example.com/v0.1.0/mod.ts https://example.com/v0.1.0/offsetstore.mjs

Exit codes: 0 all is well, 1 the release is not in order, 2 wrong usage.
`;

/** Thrown for a command line that makes no sense. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Thrown when the release is not in order; the message says what. */
class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}

const root = fromFileUrl(new URL("../../", import.meta.url));

async function agreedVersion(): Promise<string> {
  const versions: Record<string, unknown> = {};
  for (const file of ["deno.json", "package.json"]) {
    versions[file] = JSON.parse(await Deno.readTextFile(join(root, file))).version;
  }
  const { "deno.json": a, "package.json": b } = versions;
  if (typeof a !== "string" || a !== b) {
    throw new ReleaseError(
      `Cannot stage a release: deno.json has version ${JSON.stringify(a)}, package.json has ${
        JSON.stringify(b)
      }`,
    );
  }
  return a;
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

async function stage(): Promise<void> {
  const version = await agreedVersion();
  const folder = join(root, "dist");
  await emptyDir(folder);
  const files = [
    await makeBundle(folder),
    await makeDeclarations(folder),
    await makeTarball(folder),
  ];
  let sums = "";
  // Two spaces: the form that `sha256sum --check` reads.
  for (const file of files) sums += `${await sha256(file)}  ${basename(file)}\n`;
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), sums);
  console.log(`Staged ${version} in dist/\n${sums.trimEnd()}`);
}

/** The program that a user of the release would write, after `imports` has bound `api`. */
function program(imports: string): string {
  return `${imports}
const mq = { topic: "verify", brokerName: "broker-a", queueId: 0 };
const options = { clientId: "release", group: "verify", root: "store" };
const store = await api.LocalFileOffsetStore.open(options);
store.update(mq, 2n ** 53n + 1n, true);
await store.persist();
await store.close();
const again = await api.LocalFileOffsetStore.open(options);
const offset = again.peek(mq);
await again.close();
if (offset !== 2n ** 53n + 1n) throw new Error("The offset came back as " + offset);
`;
}

async function runIn(cwd: string, command: readonly string[]): Promise<void> {
  const [name, ...args] = command;
  const { success, stderr } = await new Deno.Command(name, {
    args,
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new ReleaseError(new TextDecoder().decode(stderr).trim());
}

type Trial = (url: URL, folder: string) => Promise<void>;

const inDeno: Trial = async (url, folder) => {
  await Deno.writeTextFile(
    join(folder, "main.ts"),
    program(`import * as api from ${JSON.stringify(url.href)};`),
  );
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  await runIn(folder, [
    Deno.execPath(),
    "run",
    "--no-config",
    "--no-lock",
    "--no-prompt",
    "--reload",
    `--allow-import=${url.hostname}:${port}`,
    "--allow-read=.",
    "--allow-write=.",
    "main.ts",
  ]);
};

const BUN = ["npx", "-y", "bun@1.4.5"];

const inBunAsBlob: Trial = async (url, folder) => {
  const imports = `const response = await fetch(${JSON.stringify(url.href)});
if (!response.ok) throw new Error("The server answers " + response.status);
const blob = new Blob([await response.text()], { type: "text/javascript" });
const api = await import(URL.createObjectURL(blob));`;
  await Deno.writeTextFile(join(folder, "main.mjs"), program(imports));
  await runIn(folder, [...BUN, "run", "main.mjs"]);
};

const inBunInstalled: Trial = async (url, folder) => {
  await Deno.writeTextFile(join(folder, "package.json"), '{"private":true,"type":"module"}\n');
  await Deno.writeTextFile(
    join(folder, "main.ts"),
    program('import * as api from "@offsetstore/rocketmq";'),
  );
  await runIn(folder, [...BUN, "add", "--no-cache", url.href]);
  await runIn(folder, [...BUN, "run", "main.ts"]);
};

const TRIALS: Record<string, Record<string, Trial>> = {
  ts: { "Deno, by URL": inDeno },
  mjs: { "Deno, by URL": inDeno, "Bun, as a Blob": inBunAsBlob },
  js: { "Deno, by URL": inDeno, "Bun, as a Blob": inBunAsBlob },
  tgz: { "Bun, installed": inBunInstalled },
};

function parseUrl(text: string): { url: URL; trials: Record<string, Trial> } {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(`Cannot verify ${JSON.stringify(text)}: not an http or https URL`);
  }
  const trials = TRIALS[url.pathname.split(".").at(-1) ?? ""];
  if (trials === undefined) {
    throw new UsageError(
      `Cannot verify ${JSON.stringify(text)}: it ends with none of .ts, .mjs, .js, .tgz`,
    );
  }
  return { url, trials };
}

async function verify(urls: readonly string[], maxAttempts: number): Promise<void> {
  if (urls.length === 0) throw new UsageError("Cannot verify: no URL is given");
  let failures = 0;
  // All are parsed before the first is tried, so that a misspelt one costs no time.
  for (const { url, trials } of urls.map(parseUrl)) {
    for (const [name, trial] of Object.entries(trials)) {
      try {
        await retry(async () => {
          // A new folder each time: a half-made install must not be what the next attempt finds.
          const folder = await Deno.makeTempDir({ prefix: "offsetstore-release-" });
          try {
            await trial(url, folder);
          } finally {
            await Deno.remove(folder, { recursive: true });
          }
        }, { maxAttempts, minTimeout: 2_000, maxTimeout: 30_000 });
        console.log(`ok  ${url.href} in ${name}`);
      } catch (error) {
        failures++;
        const cause = error instanceof RetryError ? error.cause : error;
        console.log(`FAILED ${url.href} in ${name}\n${(cause as Error).message}`);
      }
    }
  }
  if (failures > 0) throw new ReleaseError(`Cannot verify the release: ${failures} trials failed`);
}

async function main(args: string[]): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(HELP.trimEnd());
    return;
  }
  const [command, ...rest] = args;
  if (command === "stage") {
    if (rest.length > 0) {
      throw new UsageError(`Cannot stage: unexpected ${JSON.stringify(rest[0])}`);
    }
    return await stage();
  }
  if (command === "verify") {
    let attempts = 5;
    const at = rest.indexOf("--attempts");
    if (at >= 0) {
      const [, text] = rest.splice(at, 2);
      attempts = Number(text);
      if (!Number.isInteger(attempts) || attempts < 1) {
        throw new UsageError(
          `Cannot use --attempts ${JSON.stringify(text)}: not a positive whole number`,
        );
      }
    }
    return await verify(rest, attempts);
  }
  throw new UsageError(
    command === undefined
      ? "Cannot start: no command is given"
      : `Cannot start ${JSON.stringify(command)}: not a command`,
  );
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    const usage = error instanceof UsageError;
    console.error(
      usage ? `${error.message}\nTry: deno task release --help` : (error as Error).message,
    );
    Deno.exit(usage ? 2 : 1);
  }
}
