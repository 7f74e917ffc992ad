/** The obvious handler of a signal, beside a loop that keeps updating. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { queue, StoreDirectory } from "../../support/store_directory.ts";

const MODULE = new URL("../../../mod.ts", import.meta.url).href;

test("C2 a process that closes its store on SIGTERM ends with exit code 0, and loses nothing", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const program = at.path("program.mjs");
  await writeFile(
    program,
    `import process from "node:process";
     import { LocalFileOffsetStore } from ${JSON.stringify(MODULE)};
     const root = ${JSON.stringify(at.root)};
     const store = await LocalFileOffsetStore.open({ clientId: "client", group: "group", root });
     process.on("SIGTERM", async () => { await store.close(); process.exit(0); });
     const mq = ${JSON.stringify(queue(0))};
     for (let offset = 1; ; offset++) {
       store.update(mq, offset, true);
       await store.persist();
       console.log(offset);
     }`,
  );
  const run = process.versions.deno === undefined ? [] : ["run", "--quiet", "--no-config", "-A"];
  const child = spawn(process.execPath, [...run, program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<unknown[]>((resolve) => {
    child.on("close", (...all) => resolve(all));
  });
  let acknowledged = 0n;
  for await (const line of createInterface(child.stdout)) {
    acknowledged = BigInt(line);
    // After `child.kill` Deno tells the signal, whatever the process did about it.
    if (acknowledged === 20n) process.kill(child.pid!, "SIGTERM");
  }
  assert.deepEqual(await ended, [0, null]);
  assert.ok(acknowledged >= 20n);
  const store = await at.open();
  assert.equal(store.loadOutcome.kind, "loaded");
  assert.ok(store.peek(queue(0)) >= acknowledged);
});
