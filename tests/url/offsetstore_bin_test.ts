/**
 * The program `offsetstore` as its users get it: from the npm tarball with npx and bunx, and from
 * its URL with `deno install -g`. No registry can be reached.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { findExecutable } from "../../scripts/lib/runtimes.ts";
import { makeTarball } from "../../scripts/release/bundle.ts";
import { DENO_RUN } from "../../scripts/offsets/command_line/program_name.ts";
import { VERSION } from "../../scripts/offsets/command_line/version.ts";
import { table, Workspace } from "../scripts/offsets_run.ts";
import { Loopback } from "./loopback.ts";

const run = promisify(execFile);
const REFUSED = "http://127.0.0.1:1/";

let folder: string;
let tarball: string;
let server: Loopback;

before(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "offsetstore-bin-")));
  tarball = await makeTarball(folder);
  server = await Loopback.start({
    "/offsetstore.tgz": { file: tarball, type: "application/gzip" },
  });
});

after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Sees that the program shows offsets, and calls itself by its name. */
async function assertWorks(command: readonly string[], env: Record<string, string>): Promise<void> {
  await using w = await Workspace.make();
  const file = await w.write("offset.json", table(["orders", "broker-a", 0, 42n]));
  const cwd = await mkdtemp(join(folder, "cwd-"));
  const [program, ...prefix] = command;
  const offsetstore = (...args: string[]) =>
    run(program, [...prefix, ...args], { cwd, env: { ...process.env, ...env } });
  assert.match((await offsetstore("show", file)).stdout, /^orders +broker-a +0 +42$/m);
  assert.equal((await offsetstore("--version")).stdout.trim(), VERSION);
  assert.match((await offsetstore("--help")).stdout, /^Usage: offsetstore COMMAND/m);
  await writeFile(file, "");
  const failure = await offsetstore("show", file).then(() => assert.fail("it is empty"), (e) => e);
  assert.equal(failure.code, 3);
  assert.match(failure.stderr, /with: offsetstore verify \//);
}

/** Node 24 comes first on the path: that of the machine may be older than the package needs. */
async function environment(): Promise<Record<string, string>> {
  const node = dirname(await findExecutable("node"));
  return {
    PATH: node + delimiter + process.env.PATH,
    npm_config_registry: REFUSED,
    npm_config_fetch_retries: "0",
    npm_config_update_notifier: "false",
    npm_config_cache: join(folder, "npm"),
    BUN_CONFIG_REGISTRY: REFUSED,
    BUN_INSTALL_CACHE_DIR: join(folder, "bun"),
    NO_COLOR: "1",
  };
}

test("npx runs the tarball", async () => {
  await assertWorks(["npx", "-y", `file:${tarball}`], await environment());
});

test("npx runs the tarball by its URL", async () => {
  await assertWorks(["npx", "-y", `${server.origin}/offsetstore.tgz`], await environment());
});

test("bunx runs the tarball by its URL", async () => {
  const bun = await findExecutable("bun");
  const source = `${server.origin}/offsetstore.tgz`;
  await assertWorks([bun, "x", "--package", source, "offsetstore"], await environment());
});

test("deno install -g makes the program from its URL", async () => {
  const deno = await findExecutable("deno");
  const root = join(folder, "deno");
  const url = `${server.origin}/scripts/offsetstore.ts`;
  const permissions = DENO_RUN.split(" ").slice(2);
  const env = {
    PATH: dirname(deno) + delimiter + process.env.PATH,
    DENO_DIR: join(folder, "deno-dir"),
  };
  const flags = ["--root", root, "--no-config", `--allow-import=${server.host}`, ...permissions];
  await run(deno, ["install", "-g", ...flags, url], { env: { ...process.env, ...env } });
  await assertWorks([join(root, "bin", "offsetstore")], env);
});
