/** The programs in examples/, each run as its head says, on the runtime that runs this. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../../scripts/lib/child.ts";
import { currentRuntime } from "../../scripts/lib/runtimes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const ARGS = {
  // The examples import the package by its name; on Node that is JavaScript, which a checkout lacks.
  node: ["--conditions=bun"],
  bun: ["run"],
  deno: ["run", "--quiet", "-A"],
};

class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), "offsetstore-examples-")));
  }

  start(name: string, ...args: string[]): Child {
    const command = [process.execPath, ...ARGS[currentRuntime()], `examples/${name}.ts`];
    return new Child([...command, this.path, ...args], { cwd: ROOT });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** What each example prints that ends by itself. */
const PRINTS: Record<string, readonly string[]> = {
  resolve_conflict: ["conflict: theirs", "queue 0 goes on at 10, queue 1 at 200"],
  journal: ["1 snapshot, 100 records", "1000 queues, 0 records to apply"],
  exclusive: ["refused: held", "open"],
};

for (const [name, lines] of Object.entries(PRINTS)) {
  test(`examples: ${name} prints what it says, and no warning`, async () => {
    await using folder = await Folder.make();
    assert.deepEqual(await folder.start(name).ended, { code: 0, signal: null, lines, errors: "" });
  });
}

test("examples: each one is run by a test, and each program is on the page for consumers", async () => {
  const names = (await readdir(join(ROOT, "examples"))).filter((name) => name.endsWith(".ts"));
  const expected = [...Object.keys(PRINTS), "consumer", "message_source"].map((name) =>
    `${name}.ts`
  );
  assert.deepEqual(names.sort(), expected.sort());
  const page = await readFile(join(ROOT, "docs", "consumer.md"), "utf8");
  for (const name of names) {
    if (name !== "message_source.ts") assert.ok(page.includes(`examples/${name}`), name);
  }
});

/** The offsets that a consumer has handled, by queue. */
function handled(lines: readonly string[]): Map<string, number[]> {
  const offsets = new Map<string, number[]>();
  for (const line of lines) {
    const [, id, offset] = /^handled (\d) (\d+)$/.exec(line)!;
    offsets.set(id, [...offsets.get(id) ?? [], Number(offset)]);
  }
  return offsets;
}

/** Runs the consumer until it has handled so many messages and the signal has ended it. */
async function consume(folder: Folder, instance: string, signal: "SIGTERM" | "SIGINT" | "SIGKILL") {
  const child = folder.start("consumer", instance);
  assert.ok(await child.wrote("handled", 20), child.errors);
  process.kill(child.pid, signal);
  const { code, lines, errors } = await child.ended;
  if (signal !== "SIGKILL") assert.deepEqual([code, errors], [0, ""]);
  return handled(lines);
}

test("C2 examples: a consumer that a signal ends goes on exactly where it stopped", async () => {
  await using folder = await Folder.make();
  let next = new Map([["0", 0], ["1", 0]]);
  for (const signal of ["SIGTERM", "SIGINT", "SIGTERM"] as const) {
    for (const [id, offsets] of await consume(folder, "audit-1", signal)) {
      const from = next.get(id)!;
      assert.deepEqual(offsets, offsets.map((_, i) => from + i), `queue ${id}, ${signal}`);
      next = new Map(next).set(id, from + offsets.length);
    }
  }
});

test("P2 examples: a consumer that is killed handles its last message again at most", async () => {
  await using folder = await Folder.make();
  const first = await consume(folder, "audit-1", "SIGKILL");
  const second = await consume(folder, "audit-1", "SIGTERM");
  let again = 0;
  for (const [id, offsets] of first) {
    const last = offsets.at(-1)!;
    const from = second.get(id)![0];
    assert.ok(from === last || from === last + 1, `queue ${id}: ${last}, then ${from}`);
    again += last + 1 - from;
  }
  assert.ok(again <= 1);
  const other = await consume(folder, "audit-2", "SIGTERM");
  assert.deepEqual([...other.values()].map(([offset]) => offset), [0, 0], "another instance");
});
