import assert from "node:assert/strict";
import { realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runRuntime } from "../../scripts/lib/runtimes.ts";
import { table, Workspace } from "../scripts/offsets_run.ts";
import { Loopback } from "./loopback.ts";

const SET = ["--topic", "orders", "--broker", "broker-a", "--queue", "0", "11"];

test("the operator's tool runs from a URL, with permission for one directory", async () => {
  await using w = await Workspace.make();
  const server = await Loopback.start();
  try {
    const root = await realpath(w.root);
    const path = await w.write(
      "orders/10.0.0.7@A/offset.json",
      table(["orders", "broker-a", 0, 10n]),
    );
    const offsets = (permissions: readonly string[], args: readonly string[]) =>
      runRuntime("deno", [
        "run",
        "--no-prompt",
        `--allow-import=${server.host}`,
        ...permissions,
        `${server.origin}/scripts/offsets.ts`,
        ...args,
      ], { cwd: root, env: { DENO_DIR: join(root, "deno-dir") } });

    const list = await offsets([`--allow-read=${root}`], ["list", join(root, "orders")]);
    assert.match(
      list,
      /^In .*\/10\.0\.0\.7@A\/\nCLIENT +GROUP +QUEUES +AGE +HEALTH +PATH\n10\.0\.0\.7@A .* 1 .* ok .*\n1 store, 1 queue\n$/s,
    );
    const others = server.requested.filter((name) =>
      !/^\/(mod\.ts|src|scripts\/(?:offsets|lib))/.test(name)
    );
    assert.deepEqual(others, [], "it loads nothing else");

    const writing = [`--allow-read=${root}`, `--allow-write=${root}`];
    assert.match(
      await offsets(writing, ["set", path, ...SET, "--yes", "--no-wait"]),
      /^Written to /m,
    );
    assert.match(await offsets([`--allow-read=${root}`], ["show", path]), / 11\n/);
    assert.match(await offsets([], ["--help"]), /deno run .* http:\/\/.*\/scripts\/offsets\.ts\n/);

    await writeFile(path, "torn");
    await assert.rejects(
      offsets([`--allow-read=${root}`], ["rescue", path, "--yes", "--no-wait"]),
      /write access/,
    );
  } finally {
    await server.stop();
  }
});
