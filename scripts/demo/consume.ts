import process from "node:process";
import { LocalFileOffsetStore } from "../../mod.ts";
import { formatMessage, type Message } from "./message.ts";
import { QUEUES, STORE } from "./queues.ts";

/**
 * The consumer: takes a batch of messages from each queue, persists, says so, and so on until its
 * standard input ends or it is killed.
 *
 * @param persist How it persists; a test passes one that forgets to.
 */
export async function consume(
  root: string,
  persist: (store: LocalFileOffsetStore) => Promise<void> = (store) => store.persist(),
): Promise<void> {
  let stopped = false;
  process.stdin.once("end", () => stopped = true).resume();
  await using store = await LocalFileOffsetStore.open({ ...STORE, root });
  await tell("found", store);
  while (!stopped) {
    for (const mq of QUEUES) {
      const batch = 1 + Math.floor(Math.random() * 32);
      store.update(mq, (await store.read(mq, "memory-then-store")) + BigInt(batch), true);
    }
    await persist(store);
    await tell("acknowledged", store);
  }
}

/** Resolves once the demo can read the line, even if this process is killed at once. */
function tell(kind: Message["kind"], store: LocalFileOffsetStore): Promise<void> {
  const line = formatMessage({ kind, offsets: QUEUES.map((mq) => store.peek(mq)) });
  return new Promise((resolve, reject) => {
    process.stdout.write(line, (error) => error ? reject(error) : resolve());
  });
}
