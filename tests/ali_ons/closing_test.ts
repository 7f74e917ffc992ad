import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runRuntime } from "../../scripts/lib/runtimes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = "tests/ali_ons/closing_program.ts";

test("ali-ons: a process ends once its consumer is closed", async () => {
  const [runtime, args] = process.versions.deno !== undefined
    ? ["deno", ["run", "-A"]] as const
    : process.versions.bun !== undefined
    ? ["bun", ["run"]] as const
    : ["node", []] as const;
  const output = await runRuntime(runtime, [...args, PROGRAM], { cwd: ROOT });
  assert.equal(output, 'closed {"0":1}\n');
});
