/**
 * `deno task demo` and `deno task offsets` on a machine that has Deno and a copy of the repository,
 * and nothing else: an empty cache, no node_modules, no network.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findExecutable } from "../../scripts/lib/runtimes.ts";
import { table, Workspace } from "./offsets_run.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Nothing listens there. */
const REFUSED = "http://127.0.0.1:1";

/** A network namespace of its own has no way out; where there are none, a proxy refuses. */
async function isolation(): Promise<string[]> {
  for (const flags of [["-n"], ["-rn"]]) {
    const works = await run("unshare", [...flags, "true"]).then(() => true, () => false);
    if (works) return ["unshare", ...flags];
  }
  return ["env"];
}

async function copyOfRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "offsets-offline-"));
  for (const name of ["deno.json", "deno.lock", "package.json", "mod.ts", "src", "scripts"]) {
    const filter = (path: string) => !path.includes("node_modules");
    await cp(join(ROOT, name), join(folder, name), { recursive: true, filter });
  }
  return folder;
}

test("demo and offsets need nothing: no tools, no cache, no network", async () => {
  await using w = await Workspace.make();
  const file = await w.write("offset.json", table(["orders", "broker-a", 0, 42n]));
  const folder = await copyOfRepository();
  try {
    const cache = join(folder, "cache");
    await mkdir(cache);
    const [program, ...flags] = await isolation();
    const deno = await findExecutable("deno");
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      DENO_DIR: cache,
      NO_COLOR: "1",
      HTTP_PROXY: REFUSED,
      HTTPS_PROXY: REFUSED,
      npm_config_registry: REFUSED,
    };
    const task = (...args: string[]) =>
      run(program, [...flags, deno, "task", ...args], { cwd: folder, env });

    const shown = await task("offsets", "show", file);
    assert.match(shown.stdout, /^orders +broker-a +0 +42$/m);
    assert.doesNotMatch(shown.stderr, /Download|Install/);
    assert.match((await task("offsets", "--help")).stdout, /Usage: deno task offsets COMMAND/);
    const demo = await task("demo", "--kills", "1", "--json");
    assert.equal(JSON.parse(demo.stdout).lost, false);
    assert.doesNotMatch(demo.stderr, /Download|Install/);

    const names = await readdir(folder);
    assert.ok(!names.includes("node_modules"), "nothing was installed");
    for (const store of ["npm", "remote"]) {
      const cached = await readdir(join(cache, store), { recursive: true }).catch(() => []);
      assert.deepEqual(cached, [], `nothing was fetched to ${store}`);
    }
    const lock = (at: string) => readFile(join(at, "deno.lock"), "utf8");
    assert.equal(await lock(folder), await lock(ROOT), "the lock file stays");
    // A task that needs the tools does fail here, so the machine really has none.
    await assert.rejects(task("test:doc"), /registry|proxy|error sending request/i);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
