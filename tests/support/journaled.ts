import assert from "node:assert/strict";
import { queue, type StoreDirectory } from "./store_directory.ts";

export const JOURNAL = "offset.json.journal";

/** A store with a snapshot of two queues at 1 and a journal in which the first is at 2, then at 3. */
export async function journaled(at: StoreDirectory, options = {}) {
  const store = await at.open({ journal: true, ...options });
  for (const id of [0, 1]) store.update(queue(id), 1, true);
  await store.persist();
  for (const offset of [2, 3]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  return store;
}

const LINE = /^[0-9a-f]{8} (.*)$/;

/** The text of the journal, without the room behind it. */
export async function textOf(at: StoreDirectory): Promise<string> {
  return (await at.text(JOURNAL)).replace(/\0+$/, "");
}

export async function lines(at: StoreDirectory): Promise<string[]> {
  const text = await textOf(at);
  assert.ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => LINE.exec(line)![1]);
}
