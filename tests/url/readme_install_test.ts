/** A newcomer follows the README: installs the package from a checkout, and runs the consumer. */
import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../../scripts/lib/child.ts";
import { findExecutable, type Runtime, runtimeCommand } from "../../scripts/lib/runtimes.ts";
import { makeTarball } from "../../scripts/release/bundle.ts";
import { runProgram } from "../../scripts/release/run_program.ts";

const ROOT = new URL("../../", import.meta.url);
const README = await readFile(new URL("README.md", ROOT), "utf8");
const [, CONSUMER] = /^```js ignore\n([^]*?)^```$/m.exec(README)!;
const [, IMPORTS] = /^```json\n([^]*?)^```$/m.exec(README)!;
const INSTALLS = [...README.matchAll(/^(?:bun add|npm install) .*$/gm)].map(([line]) => line);

let folder: string;

/** The checkout is where the README says, with a tarball in its `dist`. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "offsetstore-newcomer-"));
  const checkout = join(folder, "offsetstore");
  await mkdir(join(checkout, "dist"), { recursive: true });
  for (const name of ["mod.ts", "src"]) {
    await symlink(fileURLToPath(new URL(name, ROOT)), join(checkout, name));
  }
  const tarball = await makeTarball(folder);
  await copyFile(tarball, join(checkout, "dist", basename(tarball)));
});

after(() => rm(folder, { recursive: true }));

const RUN: Readonly<Record<Runtime, readonly string[]>> = {
  deno: ["run", "-RW"],
  bun: [],
  node: [],
};

/** The messages that the consumer handles until it is interrupted. */
async function handled(runtime: Runtime, cwd: string): Promise<number[]> {
  const program = await findExecutable(runtime);
  const child = new Child([program, ...RUN[runtime], "consumer.mjs"], { cwd });
  assert.ok(await child.wrote("handle message", 2), child.errors);
  process.kill(child.pid, "SIGINT");
  const { code, lines, errors } = await child.ended;
  assert.equal(code, 0, errors);
  return lines.map((line) => Number(/^handle message (\d+)n?$/.exec(line)![1]));
}

for (const runtime of ["deno", "bun", "node"] as const) {
  test(`README: the package installs, and the consumer goes on where it stopped, ${runtime}`, async () => {
    const cwd = join(folder, runtime);
    await mkdir(cwd);
    await writeFile(join(cwd, "consumer.mjs"), CONSUMER);
    if (runtime === "deno") await writeFile(join(cwd, "deno.json"), IMPORTS);
    const install = INSTALLS.find((line) => line.startsWith(runtime === "bun" ? "bun" : "npm"))!;
    const [program, ...args] = install.split(" ");
    const command = program === "bun" ? runtimeCommand("bun") : [program];
    if (runtime !== "deno") await runProgram(cwd, [...command, ...args]);
    const first = await handled(runtime, cwd);
    const second = await handled(runtime, cwd);
    assert.deepEqual([...first, ...second], [...first, ...second].map((_, i) => i));
  });
}
