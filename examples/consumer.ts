/**
 * A consumer: it goes on where it stopped, persists after each message, and ends on SIGTERM.
 *
 * Usage: consumer.ts ROOT INSTANCE
 */
import process from "node:process";
import { LocalFileOffsetStore, type MessageQueue, NO_OFFSET } from "@offsetstore/rocketmq";
import { MessageSource } from "./message_source.ts";

const [root, instance] = process.argv.slice(2);
// The name is the same after a restart, and each process on the host has its own. The process id would
// be another one each time, and the consumer would begin from nothing.
const store = await LocalFileOffsetStore.open({
  clientId: `10.0.0.7@${instance}`,
  group: "orders-group",
  root,
  journal: true,
  persistEveryMs: 5000,
});
const source = new MessageSource();

/** The first message that was not handled; this consumer begins with the oldest one. */
function nextOf(mq: MessageQueue): bigint {
  const offset = store.peek(mq);
  return offset === NO_OFFSET ? 0n : offset;
}

async function consume(): Promise<void> {
  for await (const { mq, offset } of source.pull(nextOf)) {
    // Handle the message here. Persist after that: a message before the persisted offset comes no more.
    console.log(`handled ${mq.queueId} ${offset}`);
    // By convention, the offset is that of the next message.
    store.update(mq, offset + 1n, true);
    await store.persist();
  }
}

const consuming = consume();

async function end(): Promise<void> {
  source.stop();
  await consuming;
  await store.close();
  process.exit(0);
}

process.on("SIGTERM", end);
process.on("SIGINT", end);
await consuming;
