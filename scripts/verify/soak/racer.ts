/**
 * One of two writers on one path: it raises some queues at a time and persists, until its standard
 * input ends; then it closes the store.
 *
 *     racer.ts ROOT NAME '{"onConflict":"merge","journal":true}'
 *
 * `A <queue>=<offset> …` says what a persist has acknowledged, `E <class> <code>` that a call was
 * rejected, `M` that the other's offsets were merged, `C` that the store is closed. After a conflict it opens the store again, as its error
 * advises.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import {
  LocalFileOffsetStore,
  OffsetConflictError,
  OffsetPersistError,
  type OpenOptions,
} from "../../../mod.ts";
import { queuesOf } from "./generation.ts";
import { Random } from "../../lib/random.ts";

/** How many queues both write. */
export const RACE_QUEUES = 8;

/** How both open the store. */
export type RacerOptions = Required<Pick<OpenOptions, "onConflict" | "journal">>;

const say = (line: string) => void writeSync(1, `${line}\n`);

async function main(root: string, name: string, options: RacerOptions): Promise<void> {
  let isStopping = false;
  process.stdin.on("end", () => isStopping = true).resume();
  const random = new Random(name);
  const queues = queuesOf(RACE_QUEUES);
  const open = () =>
    LocalFileOffsetStore.open({
      clientId: "10.0.0.7@1",
      group: "race",
      root,
      ...options,
      onDiagnostic: ({ kind }) => {
        if (kind === "merged") say("M");
      },
    });
  let store = await open();

  /** Answers whether it was not rejected; only these two rejections are to be expected. */
  const survives = async (action: () => Promise<void>): Promise<boolean> => {
    try {
      await action();
      return true;
    } catch (error) {
      if (error instanceof OffsetConflictError) store = await open();
      else if (!(error instanceof OffsetPersistError)) throw error;
      say(`E ${error.name} ${error instanceof OffsetPersistError ? error.code : ""}`);
      return false;
    }
  };

  while (!isStopping) {
    const raised: string[] = [];
    for (const [i, mq] of queues.entries()) {
      if (random.chance(0.5)) continue;
      // As a consumer does: a queue that memory lacks may have an offset of the other's in the file.
      const from = await store.read(mq, "memory-then-store");
      store.update(mq, from + 1n + BigInt(random.below(5)), true);
      raised.push(`${i}=${store.peek(mq)}`);
    }
    if (await survives(() => store.persist())) say(["A", ...raised].join(" "));
    // A process that waits for a lock looks every 50 ms at the latest; without a rest it hardly ever
    // gets it.
    if (random.chance(0.2)) await setTimeout(random.below(60));
  }
  while (!(await survives(() => store.close())));
  say("C");
}

if (import.meta.main) {
  const [root, name, options] = process.argv.slice(2);
  await main(root, name, JSON.parse(options));
}
