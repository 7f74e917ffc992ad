/**
 * The program whose system calls are traced: it loads, updates once, persists and closes.
 *
 *     probe.ts ROOT plain|journal [STEP]
 *
 * Before the call of its file system with the number STEP it says `W` and waits for a byte.
 *
 * `L <generation> <outcome>` says what it loaded, `A <generation>` that a persist has resolved,
 * `E <class> <code>` that a call of the store was rejected, `D <kind>` what was reported besides. A
 * call that was rejected is made again, since the store promises to stay usable.
 */
import { readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  LocalFileOffsetStore,
  nodeFileSystem,
  OffsetFileCorruptError,
  OffsetLoadError,
  OffsetPersistError,
} from "../../../mod.ts";
import { generationOf, offsetOf, queuesOf } from "../soak/generation.ts";
import { stepped } from "./stepped.ts";

/** How many queues the probe writes. */
export const PROBE_QUEUES = 3;

/** Looked up, never made: such a name in a trace tells what begins there. */
export const MARKS = { step: "step", persist: "persist-begins", close: "close-begins" };

/** The names that the probe gives to its temporary files; random ones could not be traced. */
export function probeName(number: number): string {
  return `19700101T000000.000Z-${String(number).padStart(8, "0")}`;
}

/** Each thread may see a call fail once. */
const MAX_ATTEMPTS = 40;

const say = (line: string) => void writeSync(1, `${line}\n`);

const isTyped = (error: unknown) =>
  error instanceof OffsetLoadError || error instanceof OffsetPersistError ||
  error instanceof OffsetFileCorruptError;

async function insist<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (!isTyped(error) || attempt === MAX_ATTEMPTS) throw error;
      const { name, code } = error as OffsetLoadError;
      say(`E ${name} ${code}`);
    }
  }
}

/** Reads a byte; Node's standard input does not wait for one by itself. */
function waitForByte(): void {
  const byte = new Uint8Array(1);
  for (;;) {
    try {
      readSync(0, byte);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

/**
 * Which thread makes a call must not depend on how long the last one took, or the second trace would
 * not be that of the first: the first of each kind is made by another thread, all later ones here.
 */
function stopTheClock(): void {
  performance.now = () => 0;
}

async function main(root: string, how: string, waitBefore?: string): Promise<void> {
  const mark = (name: keyof typeof MARKS) =>
    void statSync(join(root, MARKS[name]), { throwIfNoEntry: false });
  stopTheClock();
  let names = 0;
  let steps = 0;
  const step = () => {
    mark("step");
    if (String(++steps) !== waitBefore) return;
    say("W");
    waitForByte();
  };
  const fileSystem = {
    ...stepped(nodeFileSystem, step),
    uniqueName: () => probeName(++names),
    // The owner of any lock that is in the way is dead: there is nobody to wait for. A pause of this
    // process's own lock lasts until the lock is given back.
    pause: async (_ms: number, signal?: AbortSignal) => {
      if (signal === undefined || signal.aborted) return;
      await new Promise<void>((end) => signal.onabort = () => end());
    },
  };
  const store = await insist(() =>
    LocalFileOffsetStore.open({
      clientId: "c",
      group: "g",
      root,
      fileSystem,
      // The longer way: it holds the lock.
      onConflict: "merge",
      journal: how === "journal",
      onDiagnostic: ({ kind }) => {
        if (kind !== "persisted" && kind !== "maybe-shared") say(`D ${kind}`);
      },
    })
  );
  const generation = generationOf(store.snapshot(), PROBE_QUEUES);
  say(`L ${generation} ${store.loadOutcome.kind}`);
  mark("persist");
  queuesOf(PROBE_QUEUES).forEach((mq, i) => store.update(mq, offsetOf(generation + 1, i), true));
  await insist(() => store.persist());
  say(`A ${generation + 1}`);
  mark("close");
  await insist(() => store.close());
}

if (import.meta.main) await main(process.argv[2], process.argv[3], process.argv[4]);
