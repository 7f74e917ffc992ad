/**
 * The journal: a persist costs as much as what has changed, not as much as the table.
 *
 * Usage: journal.ts ROOT
 */
import process from "node:process";
import { LocalFileOffsetStore } from "@offsetstore/rocketmq";

const options = { clientId: "10.0.0.7@audit-1", group: "orders-group", root: process.argv[2] };
const written = { record: 0, snapshot: 0 };
const store = await LocalFileOffsetStore.open({
  ...options,
  journal: { compactAtBytes: 256 * 1024 },
  onDiagnostic: (diagnostic) => {
    // For metrics: bytes and durationMs are there, too.
    if (diagnostic.kind === "persisted") written[diagnostic.as]++;
  },
});
const queues = Array.from({ length: 1000 }, (_, queueId) => (
  { topic: "orders", brokerName: "broker-a", queueId }
));
for (const mq of queues) store.update(mq, 0n, true);
await store.persist();
for (let offset = 1n; offset <= 100n; offset++) {
  store.update(queues[Number(offset) % queues.length], offset, true);
  await store.persist();
}
console.log(`${written.snapshot} snapshot, ${written.record} records`);
// Leaves a plain file, for the other clients.
await store.close();

await using again = await LocalFileOffsetStore.open(options);
console.log(
  `${again.snapshot().size} queues, ${again.loadOutcome.journalRecords} records to apply`,
);
