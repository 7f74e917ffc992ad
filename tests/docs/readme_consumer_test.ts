/** The README's consumer runs as it stands there, and goes on where a signal has ended it. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { Child } from "../../scripts/lib/child.ts";
import { currentRuntime } from "../../scripts/lib/runtimes.ts";
import { read, ROOT } from "../architecture/sources.ts";

const README = read("README.md");
const ARGS = { node: [], bun: ["run"], deno: ["run", "--quiet", "--no-config", "-RW"] };

/** The numbers of the messages that the consumer handles before the signal ends it. */
async function handled(
  folder: string,
  signal: "SIGINT" | "SIGTERM" | "SIGKILL",
): Promise<number[]> {
  const command = [process.execPath, ...ARGS[currentRuntime()], "consumer.mjs"];
  const child = new Child(command, { cwd: folder });
  assert.ok(await child.wrote("handle message", 3), child.errors);
  process.kill(child.pid, signal);
  const { code, lines, errors } = await child.ended;
  if (signal !== "SIGKILL") assert.deepEqual([code, errors], [0, ""]);
  return lines.map((line) => Number(/^handle message (\d+)n?$/.exec(line)![1]));
}

test("C2 P2 README: the consumer goes on after a signal, and repeats one message at most after a kill", async () => {
  const [, block] = /^```js ignore\n([^]*?)^```$/m.exec(README)!;
  const lines = block.trim().split("\n").filter((line) => line !== "");
  assert.ok(lines.length <= 18, `${lines.length} lines`);
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-readme-"));
  try {
    const entry = JSON.stringify(new URL("mod.ts", ROOT));
    const program = block.replace('"@offsetstore/rocketmq"', entry).replace("(500)", "(10)");
    await writeFile(join(folder, "consumer.mjs"), program);
    let next = 0;
    for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
      const messages = await handled(folder, signal);
      assert.deepEqual(messages, messages.map((_, i) => next + i), signal);
      next += messages.length;
    }
    const [first] = await handled(folder, "SIGINT");
    assert.ok(first === next || first === next - 1, `${first} after ${next - 1}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
