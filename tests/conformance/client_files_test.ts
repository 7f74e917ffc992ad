import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  contentsBelow,
  filesBelow,
  readClientFile,
  setPermissions,
  setTime,
  statClientFile,
  writeClientFile,
} from "../../scripts/conformance/client_files.ts";
import { CLAUSES } from "../../scripts/conformance/clauses.ts";
import type { Driver } from "../../scripts/conformance/protocol.ts";
import { runKit } from "../../scripts/conformance/run_kit.ts";
import { Violation } from "../../scripts/conformance/verdict.ts";
import { SEED } from "../support/check.ts";
import { BrokenDriver } from "./broken_driver.ts";
import { unlessMissing } from "./fault.ts";
import { FakeFiles } from "./fake_files.ts";

const isWindows = process.platform === "win32";
const BYTES = new TextEncoder().encode("{}");

test("a file that the client moves while the kit reads it is there, or it is missing", async () => {
  using files = await FakeFiles.make();
  const [folder, main, other] = ["d", "d/main", "d/other"].map((n) => join(files.directory, n));
  mkdirSync(folder);
  writeFileSync(main, BYTES);
  let moves = 0;
  let isDone = false;
  const client = (async () => {
    for (; !isDone; moves++) {
      await files.rename(main, other);
      await files.rename(other, main);
    }
  })();
  const seen = { there: 0, missing: 0 };
  for (let i = 0; i < 400 || seen.missing === 0 && i < 20_000; i++) {
    const bytes = await readClientFile(main);
    if (bytes === undefined) seen.missing++;
    else if (bytes.length === BYTES.length) seen.there++;
    await statClientFile(main);
    await contentsBelow(files.directory);
    await setTime(main, 1000);
    await setPermissions(main, 0o600);
  }
  isDone = true;
  await client;
  assert.ok(seen.there > 0 && seen.missing > 0 && moves > 0, JSON.stringify({ ...seen, moves }));
  await files.unlink(main);
  rmdirSync(folder);
});

test("a listing takes the other folders if one is gone, and a folder without files has none", async () => {
  using files = await FakeFiles.make();
  const { directory } = files;
  assert.deepEqual(await filesBelow(join(directory, "none")), []);
  const path = join(directory, "deep", "file");
  await writeClientFile(directory, path, BYTES);
  assert.deepEqual([...await contentsBelow(directory)], [[join("deep", "file"), "{}"]]);
  assert.equal(await readClientFile(join(path, "below-a-file")), undefined);
  await files.unlink(path);
  assert.deepEqual(await filesBelow(directory), []);
  rmdirSync(join(directory, "deep"));
});

test("a FIFO, a directory or a device is no file: a violation at once, never a hang", {
  skip: isWindows && "Windows has no FIFO",
}, async () => {
  using files = await FakeFiles.make();
  const { directory } = files;
  const [fifo, folder, device] = ["fifo", "folder", "device"].map((n) => join(directory, n));
  assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
  mkdirSync(folder);
  symlinkSync("/dev/zero", device);
  for (const [path, kind] of [[fifo, "a FIFO"], [folder, "a directory"], [device, "special"]]) {
    const isViolation = (error: unknown) => error instanceof Violation;
    await assert.rejects(readClientFile(path), (error: Error) => {
      assert.ok(isViolation(error) && error.message.includes(kind), error.message);
      return true;
    });
    if (path !== device) await assert.rejects(writeClientFile(directory, path, BYTES), isViolation);
  }
  await assert.rejects(contentsBelow(directory), Violation);
  for (const path of [fifo, device]) await files.unlink(path);
  rmdirSync(folder);
});

test("the kit does not write through a link that leads out of the root", {
  skip: isWindows && "links need a right on Windows",
}, async () => {
  using files = await FakeFiles.make();
  const [root, outside] = ["root", "outside"].map((name) => join(files.directory, name));
  const link = join(root, "client");
  for (const folder of [root, outside]) mkdirSync(folder);
  symlinkSync(outside, link);
  await assert.rejects(writeClientFile(root, join(link, "offset.json"), BYTES), Violation);
  assert.deepEqual(await filesBelow(outside), []);
  await files.unlink(link);
  for (const folder of [root, outside]) rmdirSync(folder);
});

/** A client that moves its files away and back while the kit looks at them, after each call. */
class MovingDriver extends BrokenDriver {
  readonly #files: FakeFiles;
  readonly #root: string;
  #moving: Promise<void> = Promise.resolve();

  constructor(files: FakeFiles) {
    super({}, files);
    this.#files = files;
    this.#root = files.directory;
  }

  override async request(request: Parameters<BrokenDriver["request"]>[0]) {
    await this.#moving;
    const answer = await super.request(request);
    this.#moving = this.#move();
    return answer;
  }

  override kill() {
    return this.#moving;
  }

  async #move(): Promise<void> {
    for (const name of await filesBelow(this.#root)) {
      if (!/offset\.json(\.bak)?$/.test(name)) continue;
      const [there, away] = [name, `${name}.away`].map((each) => join(this.#root, each));
      for (let i = 0; i < 3; i++) {
        await unlessMissing(this.#files.rename(there, away));
        await new Promise((resolve) => setTimeout(resolve, 0));
        await unlessMissing(this.#files.rename(away, there));
      }
    }
  }
}

test("a client that moves its files at any time gets a report, whatever the clause", async () => {
  using files = await FakeFiles.make();
  const launch = async (): Promise<Driver> => new MovingDriver(files);
  const options = { clauses: CLAUSES, runs: 1, seed: SEED, shrinks: 0, temporary: files.directory };
  const { results } = await runKit(launch, options);
  assert.deepEqual(results.map(({ id }) => id), CLAUSES.map(({ id }) => id));
});
