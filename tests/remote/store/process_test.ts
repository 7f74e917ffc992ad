/** What a store does to the life of its process. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { promisify } from "node:util";
import { FakeCluster } from "../../support/fake_cluster.ts";

const MODULE = new URL("../../../src/remote/mod.ts", import.meta.url).href;

/** Runs a program that has a store, and answers what it printed. */
async function run(cluster: FakeCluster, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "remote-process-"));
  try {
    const program = join(folder, "program.mjs");
    const nameServers = JSON.stringify([cluster.nameServer.address]);
    await writeFile(
      program,
      `import { RemoteBrokerOffsetStore } from ${JSON.stringify(MODULE)};
       const store = new RemoteBrokerOffsetStore({ group: "g", nameServers: ${nameServers} });
       const mq = { topic: "orders", brokerName: "broker-a", queueId: 0 };
       ${text}`,
    );
    const args = process.versions.deno === undefined ? [] : ["run", "--quiet", "--no-config", "-A"];
    const { stdout } = await promisify(execFile)(process.execPath, [...args, program], {
      timeout: 60_000,
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("remote process: a call that is awaited is answered", async () => {
  await using cluster = await FakeCluster.start();
  cluster.intercept = async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return undefined;
  };
  const text = `store.update(mq, 5n, true); await store.persist(); console.log("persisted");`;
  assert.equal(await run(cluster, text), "persisted\n");
});

test("remote process: a connection that is idle does not keep it alive", async () => {
  await using cluster = await FakeCluster.start();
  const text = `console.log(await store.read(mq, "store"));`;
  assert.equal(await run(cluster, text), "-1n\n");
});
