/** The obvious handler of a signal, beside a loop that keeps updating. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { queue, StoreDirectory } from "../../support/store_directory.ts";

const MODULE = new URL("../../../mod.ts", import.meta.url).href;

/** What a program does beside its handler; each line that it prints is durable, or will be. */
const LOOPS: Record<string, string> = {
  "that persists each update": `
    for (let offset = 1; ; offset++) {
      store.update(mq, offset, true);
      await store.persist();
      console.log(offset);
    }`,
  "that persists without waiting": `
    for (let offset = 1; ; offset++) {
      store.update(mq, offset, true);
      store.persist().catch(() => {});
      if (!closing) console.log(offset);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }`,
  "that only updates, and freezes and removes": `
    for (let offset = 1; ; offset++) {
      store.update(mq, offset, true);
      store.updateAndFreeze({ ...mq, queueId: 1 }, offset);
      store.remove({ ...mq, queueId: 1 });
      if (!closing) console.log(offset);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }`,
};

const HANDLER = `
  let closing = false;
  process.on("SIGTERM", async () => {
    closing = true;
    await store.close();
    process.exit(0);
  });`;

/** Starts the program, sends SIGTERM when it has printed so many lines; answers the last line. */
async function interrupt(program: string, lines: number) {
  const run = process.versions.deno === undefined ? [] : ["run", "--quiet", "--no-config", "-A"];
  const child = spawn(process.execPath, [...run, program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  child.stderr.on("data", (chunk) => told += chunk);
  const ended = new Promise<unknown[]>((resolve) => {
    child.on("close", (...all) => resolve(all));
  });
  let last = 0n;
  for await (const line of createInterface(child.stdout)) {
    last = BigInt(line);
    // After `child.kill` Deno tells the signal, whatever the process did about it.
    if (last === BigInt(lines)) process.kill(child.pid!, "SIGTERM");
  }
  return { ended: await ended, last, told };
}

for (const [loop, code] of Object.entries(LOOPS)) {
  for (const options of [{}, { journal: true, persistEveryMs: 5 }]) {
    test(`C2 SIGTERM beside a loop ${loop} ends with exit code 0, and loses nothing: ${JSON.stringify(options)}`, async () => {
      await using at = await StoreDirectory.make({ other: "" });
      const program = at.path("program.mjs");
      const open = { clientId: "client", group: "group", root: at.root, ...options };
      await writeFile(
        program,
        `import process from "node:process";
         import { LocalFileOffsetStore } from ${JSON.stringify(MODULE)};
         const store = await LocalFileOffsetStore.open(${JSON.stringify(open)});
         const mq = ${JSON.stringify(queue(0))};
         ${HANDLER}
         ${code}`,
      );
      const { ended, last, told } = await interrupt(program, 20);
      assert.deepEqual([ended, told], [[0, null], ""]);
      assert.ok(last >= 20n);
      const store = await at.open();
      assert.equal(store.loadOutcome.kind, "loaded");
      assert.ok(store.peek(queue(0)) >= last);
      assert.deepEqual((await at.names()).filter((name) => /tmp|journal|lock/.test(name)), []);
    });
  }
}
