/**
 * A consumer whose file somebody else has changed: here the operator, who sets queue 0 back.
 *
 * Usage: resolve_conflict.ts ROOT
 */
import process from "node:process";
import {
  type ConflictChoice,
  LocalFileOffsetStore,
  OffsetConflictError,
} from "@offsetstore/rocketmq";

const options = { clientId: "10.0.0.7@audit-1", group: "orders-group", root: process.argv[2] };
const [a, b] = [0, 1].map((queueId) => ({ topic: "orders", brokerName: "broker-a", queueId }));

/** Persists; on a conflict it chooses, and persists again. */
async function persist(store: LocalFileOffsetStore, choice: ConflictChoice): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await store.persist();
    } catch (error) {
      // Only a second consumer changes the file again and again: give up.
      if (!(error instanceof OffsetConflictError) || attempt === 3) throw error;
      console.log(`conflict: ${choice}`);
      await store.resolveConflict(choice);
    }
  }
}

const consumer = await LocalFileOffsetStore.open(options);
consumer.update(a, 100n, true);
consumer.update(b, 200n, true);
await consumer.persist();

const operator = await LocalFileOffsetStore.open(options);
operator.update(a, 10n, false);
await operator.close();

// An operator who sets an offset means it: take over what the file says. The updates since the last
// persist are given up, so their messages come again.
consumer.update(b, 201n, true);
await persist(consumer, "theirs");
console.log(`queue 0 goes on at ${consumer.peek(a)}, queue 1 at ${consumer.peek(b)}`);
await consumer.close();
