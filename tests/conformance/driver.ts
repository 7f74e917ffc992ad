/** The driver around our own store: a complete example of the protocol in `docs/conformance.md`. */
import process from "node:process";
import { createInterface } from "node:readline";
import { LocalFileOffsetStore, type OffsetTable } from "../../mod.ts";

const HELLO = { name: "offsetstore", version: "0.1.0", profile: "reference", format: "go" };

const KINDS: Record<string, string> = {
  OffsetFileCorruptError: "corrupt",
  OffsetLoadError: "load",
  OffsetPersistError: "persist",
  OffsetConflictError: "conflict",
  TypeError: "invalid",
  RangeError: "invalid",
};

/** The one store that is open. */
export let store: LocalFileOffsetStore | undefined;

// deno-lint-ignore no-explicit-any -- what the kit sends is described by the protocol
type Fields = any;

const OPERATIONS: Record<string, (request: Fields) => unknown> = {
  hello: () => HELLO,
  async open({ op: _, ...options }) {
    store = undefined;
    store = await LocalFileOffsetStore.open(options);
    return { path: store.path, outcome: store.loadOutcome.kind };
  },
  update: ({ mq, offset, increaseOnly }) => store!.update(mq, BigInt(offset), increaseOnly),
  freeze: ({ mq, offset }) => store!.updateAndFreeze(mq, BigInt(offset)),
  read: async ({ mq, type }) => ({ offset: String(await store!.read(mq, type)) }),
  persist: ({ mqs }) => store!.persist(mqs),
  remove: ({ mq }) => store!.remove(mq),
  offsets: ({ topic }) => ({ offsets: entries(store!.snapshot(topic)) }),
  close: () => store!.close(),
};

const entries = (table: OffsetTable) =>
  [...table].map(([mq, offset]) => ({ mq, offset: String(offset) }));

/** Answers one request. */
export async function answer(request: Fields): Promise<Fields> {
  try {
    return { ok: true, ...await OPERATIONS[request.op](request) as object | undefined };
  } catch (cause) {
    const { name, message } = cause as Error;
    return { ok: false, error: KINDS[name] ?? "other", message };
  }
}

if (import.meta.main) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
  }
}
