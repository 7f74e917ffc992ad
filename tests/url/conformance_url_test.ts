import assert from "node:assert/strict";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runRuntime, runtimeCommand } from "../../scripts/lib/runtimes.ts";
import { Loopback } from "./loopback.ts";

const DRIVER = fileURLToPath(new URL("../conformance/driver.ts", import.meta.url));

test("the conformance kit runs from a URL, in an empty folder and without an import map", async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "conformance-url-")));
  const server = await Loopback.start();
  try {
    const kit = (...args: readonly string[]) =>
      runRuntime("deno", ["run", "-A", `${server.origin}/scripts/conformance.ts`, ...args], {
        cwd: folder,
        env: { DENO_DIR: join(folder, "deno-dir") },
      });
    const driver = [...runtimeCommand("deno"), "run", "-A", DRIVER];
    const options = ["--only", "U1,P1,L2", "--runs", "2", "--start", "300", "--html", "page.html"];
    const table = await kit(...options, "--", ...driver);
    assert.match(table, /^P1 +holds +2 passed /m);
    assert.match(table, /^\d+ hold, 0 fail, /m);
    const page = await readFile(join(folder, "page.html"), "utf8");
    assert.ok(page.includes(`href="${server.origin}/docs/specification.md#persist-p"`));
    assert.match(
      await kit("--help"),
      /^ {2}deno run -A http:.*\/conformance\.ts -- \.\/my-driver$/m,
    );

    const others = server.requested.filter((path) =>
      !/^\/(src\/core|scripts\/(conformance\.ts$|conformance\/|lib\/))/.test(path)
    );
    assert.deepEqual(others, [], "it loads nothing else");
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
