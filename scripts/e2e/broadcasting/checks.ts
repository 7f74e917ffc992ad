/** Broadcasting consumers of other clients, whose files our tool and our store change. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { LocalFileOffsetStore, type MessageQueue } from "../../../mod.ts";
import type { RealBroker } from "../../broker/with_broker.ts";
import type { Checks } from "../check.ts";
import { produce } from "../java_clients.ts";
import type { FileClient } from "./client.ts";
import { listStores, offsets, showOffsets } from "./operator.ts";

const QUEUES = [0, 1, 2, 3];
/** How many messages each queue gets. */
const EACH = 10;
const GROUP = "audit";
const INSTANCE = "one";

/** A client on a topic of its own; its files lie below a root of its own. */
export async function checkClient(
  checks: Checks,
  broker: RealBroker,
  client: FileClient,
): Promise<void> {
  const topic = `broadcast-${client.name}`;
  const root = join(broker.folder, topic);
  await mkdir(root, { recursive: true });
  await broker.admin("updateTopic", ["-b", broker.address, "-t", topic, "-r", "4", "-w", "4"]);
  await produce(broker, topic, QUEUES.length * EACH);
  const consume = (count: number) =>
    client.consume(topic, { group: GROUP, instance: INSTANCE, root, count });
  const resumesAt = async (positions: readonly number[]) => {
    const left = positions.reduce((sum, position) => sum + EACH - position, 0);
    const { count, first } = await consume(left);
    const expected = new Map(
      positions.flatMap((at, id) => at === EACH ? [] : [[id, at] as const]),
    );
    assert.deepEqual(first, expected);
    assert.equal(count, left);
    return `${positions.join(" ")}, ${count} messages`;
  };
  const fileOf = async () => {
    const stores = await listStores(root);
    assert.equal(stores.length, 1, JSON.stringify(stores));
    return stores[0];
  };
  const allDone = new Map(QUEUES.map((id) => [id, BigInt(EACH)]));

  await checks.run("our tool lists its file", async () => {
    const { count } = await consume(QUEUES.length * EACH);
    assert.equal(count, QUEUES.length * EACH);
    const { path, client: id, group, format, queues, health } = await fileOf();
    assert.match(id, new RegExp(`@${INSTANCE}$`));
    assert.deepEqual([group, format, queues, health], [GROUP, client.format, 4, "ok"]);
    assert.deepEqual(await showOffsets(path), allDone);
    return `${queues} queues at ${EACH}`;
  });

  await checks.run("our tool sets one back", async () => {
    const { path } = await fileOf();
    const queue = ["--topic", topic, "--broker", broker.name, "--queue", "1"];
    await offsets("set", path, ...queue, "4", "--force", "--yes");
    const seen = await resumesAt([EACH, 4, EACH, EACH]);
    assert.deepEqual(await showOffsets(path), allDone);
    return `it resumes at ${seen}`;
  });

  await checks.run("our store takes over", async () => {
    const store = await openAs(client, root, (await fileOf()).path);
    const queueOf = (queueId: number): MessageQueue => ({
      topic,
      brokerName: broker.name,
      queueId,
    });
    for (const id of QUEUES) assert.equal(await store.read(queueOf(id), "store"), BigInt(EACH));
    [7, 2, 0, EACH].forEach((offset, id) => store.update(queueOf(id), offset, false));
    await store.close();
    return `reads ${EACH} of each queue`;
  });

  await checks.run("our store hands back", async () => {
    return `it resumes at ${await resumesAt([7, 2, 0, EACH])}`;
  });
}

/** Opens the store where the client's consumer keeps it: Go's puts the group above the client id. */
async function openAs(
  { format }: FileClient,
  root: string,
  path: string,
): Promise<LocalFileOffsetStore> {
  const [clientId, group] = relative(root, dirname(path)).split(sep);
  const store = await LocalFileOffsetStore.open({ root, clientId, group, format, journal: true });
  assert.equal(store.path, path);
  assert.equal(store.loadOutcome.kind, "loaded");
  return store;
}
