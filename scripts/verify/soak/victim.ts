/**
 * The program that is killed: it updates and persists for ever, and prints what it was promised.
 *
 *     victim.ts ROOT '{"queues":7,"writers":2,"reopenEvery":5,"durability":"full","onConflict":"throw","journal":true}'
 *
 * `L <generation> <outcome>` says what it loaded, `A <generation>` that a persist has resolved. In
 * all generations above the last acknowledged there are at most `writers` that it has begun.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { LocalFileOffsetStore, nodeFileSystem, type OpenOptions } from "../../../mod.ts";
import { generationOf, offsetOf, queuesOf } from "./generation.ts";

/** How a victim behaves. */
export interface VictimOptions extends Pick<OpenOptions, "durability" | "onConflict" | "journal"> {
  readonly queues: number;
  /** How many persists are under way at a time. */
  readonly writers: number;
  /** After how many generations the store is closed and opened again; 0 is never. */
  readonly reopenEvery: number;
}

/** The milliseconds that were not waited for. */
let skipped = 0;

// The owner of any lock that is in the way is dead, and nobody else writes: there is nothing to wait
// for. By the clock the time has passed.
const fileSystem = {
  ...nodeFileSystem,
  now: () => nodeFileSystem.now() + skipped,
  async pause(ms: number, signal?: AbortSignal) {
    // A pause with a signal goes on until the signal: it is no wait for the time.
    if (signal === undefined) skipped += ms;
  },
};

// Synchronous: the line is with the reader before anything else happens.
const say = (line: string) => void writeSync(1, `${line}\n`);

async function main(root: string, options: VictimOptions): Promise<void> {
  const { queues: count, writers, reopenEvery, durability, onConflict, journal } = options;
  const queues = queuesOf(count);
  for (;;) {
    const store = await LocalFileOffsetStore.open({
      clientId: "10.0.0.7@1",
      group: "soak",
      root,
      fileSystem,
      durability,
      onConflict,
      journal,
    });
    let generation = generationOf(store.snapshot(), count);
    say(`L ${generation} ${store.loadOutcome.kind}`);
    const last = reopenEvery === 0 ? Infinity : generation + reopenEvery;
    const write = async () => {
      while (generation < last) {
        const mine = ++generation;
        queues.forEach((mq, i) => store.update(mq, offsetOf(mine, i), true));
        await store.persist();
        say(`A ${mine}`);
      }
    };
    await Promise.all(Array.from({ length: writers }, write));
    await store.close();
  }
}

if (import.meta.main) await main(process.argv[2], JSON.parse(process.argv[3]));
