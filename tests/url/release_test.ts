/** The task `release`: what it refuses, and `verify` against a loopback server. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runTask } from "../../scripts/lib/task.ts";
import { makeBundle, makeTarball } from "../../scripts/release/bundle.ts";
import { packageChecks } from "../../scripts/release/check_package.ts";
import { ReleaseError } from "../../scripts/release/release_error.ts";
import { releaseTask, type Surroundings } from "../../scripts/release/release_task.ts";
import { runProgram } from "../../scripts/release/run_program.ts";
import { agreedVersion, refuseChanges } from "../../scripts/release/stage.ts";
import { runMain } from "../soak/run_main.ts";
import { Loopback } from "./loopback.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** As the script has them, but each URL is tried once. */
const AROUND: Surroundings = {
  root: ROOT,
  emptyFolder: () => Promise.reject(new Error("the test empties no folder")),
  retry: (attempt) => attempt(),
};
const release = (args: readonly string[]) =>
  runMain((argv, io) => runTask(releaseTask(AROUND), argv, io), args);

test("release: wrong usage is refused before anything is tried", async () => {
  const cases: [string[], RegExp][] = [
    [[], /no command is given/],
    [["publish"], /"publish" is none of stage, check and verify/],
    [["stage", "now"], /"now" is one argument too many/],
    [["verify"], /no URL is given/],
    [["verify", "mod.ts"], /"mod.ts": not an http or https URL/],
    [["verify", "http://127.0.0.1:1/mod.ts", "http://127.0.0.1:1/x.zip"], /ends with none of/],
    [["verify", "--attempts", "0", "http://127.0.0.1:1/mod.ts"], /not a whole number/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await release(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, message);
  }
});

test("release: both files name one version, and a checkout with changes is refused", async () => {
  assert.match(await agreedVersion(ROOT), /^\d+\.\d+\.\d+$/);
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-checkout-"));
  try {
    await writeFile(join(folder, "deno.json"), '{"version":"1.0.0"}');
    await writeFile(join(folder, "package.json"), '{"version":"1.0.1"}');
    await assert.rejects(agreedVersion(folder), /has version "1.0.0", package.json has "1.0.1"$/);
    await assert.rejects(refuseChanges(folder), ReleaseError);
    await runProgram(folder, ["git", "init", "-q"]);
    await assert.rejects(refuseChanges(folder), /the checkout has changes.*\n\?\? deno\.json/);
    await runProgram(folder, ["git", "add", "."]);
    const who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
    await runProgram(folder, ["git", ...who, "commit", "-q", "-m", "t"]);
    await refuseChanges(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("release: check names its four checks, each with a command of its own", () => {
  const names = packageChecks("x.tgz").map(({ name }) => name);
  assert.deepEqual(names, [
    "publint",
    "are the types wrong",
    "dry run of npm publish",
    "dry run of deno publish",
  ]);
  for (const { command } of packageChecks("x.tgz").slice(2)) {
    assert.ok(command.includes("--dry-run"));
  }
});

test("release: verify tries each file on each runtime, and tells what fails", async () => {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-release-"));
  const type = "text/javascript";
  const server = await Loopback.start({
    "/offsetstore.min.mjs": { file: await makeBundle(folder, "minified"), type },
    "/offsetstore.tgz": { file: await makeTarball(folder), type: "application/gzip" },
  });
  try {
    const files = ["mod.ts", "offsetstore.min.mjs", "offsetstore.tgz"];
    const good = await release(["verify", ...files.map((file) => `${server.origin}/${file}`)]);
    assert.equal(good.code, 0, good.out);
    assert.deepEqual(good.out.match(/^ok/gm)?.length, 6, good.out);
    // A module without the store, and a URL where nothing is: each fails where it was tried.
    const bad = await release([
      "verify",
      `${server.origin}/src/core/mod.ts`,
      `${server.origin}/no.ts`,
    ]);
    assert.equal(bad.code, 1);
    assert.deepEqual(bad.out.match(/^FAILED .* in Deno, by URL$/gm)?.length, 2, bad.out);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
