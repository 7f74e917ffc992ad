/** What becomes of a persist that fails, and that nobody waits for. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { promisify } from "node:util";
import { StoreDirectory } from "../../support/store_directory.ts";

const MODULE = new URL("../../../mod.ts", import.meta.url).href;

test("P4 an error of a persist that nobody handles is one of the process, and one that is handled is not", async () => {
  for (const [handler, isError] of [["", true], [".catch(() => {})", false]] as const) {
    await using at = await StoreDirectory.make({ other: "" });
    const program = at.path("program.mjs");
    await writeFile(
      program,
      `import { LocalFileOffsetStore, nodeFileSystem } from ${JSON.stringify(MODULE)};
       const fileSystem = { ...nodeFileSystem, create: () => Promise.reject(new Error("no room")) };
       const root = ${JSON.stringify(at.root)};
       const store = await LocalFileOffsetStore.open({ clientId: "c", group: "g", root, fileSystem });
       store.update({ topic: "t", brokerName: "b", queueId: 0 }, 1, true);
       store.persist()${handler};
       await new Promise((resolve) => setTimeout(resolve, 200));
       console.log("the end");`,
    );
    const run = process.versions.deno === undefined ? [] : ["run", "--quiet", "--no-config", "-A"];
    const running = promisify(execFile)(process.execPath, [...run, program]);
    // Bun goes on to the end, and fails then; the others stop at once.
    if (isError) await assert.rejects(running, { stderr: /OffsetPersistError/ });
    else assert.equal((await running).stdout, "the end\n");
  }
});
