import { readdir, readFile, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type FileFault,
  type LoadOutcome,
  LocalFileOffsetStore,
  type Offset,
  OffsetFileCorruptError,
  parse,
} from "../../mod.ts";
import { compare, type Comparison } from "./kill_and_return.ts";
import { QUEUES, STORE } from "./queues.ts";

/** What became of a store whose main file was torn. */
export interface TornMain {
  readonly cutTo: number;
  readonly length: number;
  readonly outcome: LoadOutcome;
  /** Each queue, before the file was torn and found after. */
  readonly queues: readonly Comparison[];
  /** Whether exactly the generation before was found, out of the backup. */
  readonly recovered: boolean;
  /** Where the store kept the torn file when it wrote a new one. */
  readonly keptAs: string | undefined;
}

/** What became of a store whose main file and backup were torn. */
export interface TornBoth {
  /** The error's name; `undefined` if there was none. */
  readonly error: string | undefined;
  readonly faults: readonly FileFault[];
  /** Whether the files are as they were torn: nothing was reset. */
  readonly untouched: boolean;
}

/** Cuts the main file in two and opens the store. */
export async function tearMain(
  root: string,
  main: string,
  before: readonly Offset[],
): Promise<TornMain> {
  const backup = parse(await readFile(`${main}.bak`, "utf8"));
  const { length, cutTo } = await tear(main);
  let keptAs: string | undefined;
  const store = await LocalFileOffsetStore.open({
    ...STORE,
    root,
    onDiagnostic: (diagnostic) => {
      if (diagnostic.kind === "kept-aside") keptAs = diagnostic.keptAs;
    },
  });
  const outcome = store.loadOutcome;
  const queues = compare(before, QUEUES.map((mq) => store.peek(mq)));
  const recovered = outcome.kind === "recovered" && store.snapshot().equals(backup);
  // Closing writes the main file anew.
  await store.close();
  return { cutTo, length, outcome, queues, recovered, keptAs };
}

/** Cuts the main file and the backup in two, and what the kills have left, and opens the store. */
export async function tearBoth(root: string, main: string): Promise<TornBoth> {
  const left = (await readdir(dirname(main))).filter((name) => name.endsWith(".tmp"));
  const files = [main, `${main}.bak`, ...left.map((name) => join(dirname(main), name))];
  for (const file of files) await tear(file);
  const torn = await Promise.all(files.map((file) => readFile(file, "utf8")));
  let found: Pick<TornBoth, "error" | "faults"> = { error: undefined, faults: [] };
  try {
    const store = await LocalFileOffsetStore.open({ ...STORE, root });
    await store.close();
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError)) throw error;
    found = { error: error.name, faults: error.faults };
  }
  const after = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return { ...found, untouched: after.every((text, i) => text === torn[i]) };
}

async function tear(path: string): Promise<{ length: number; cutTo: number }> {
  const { length } = await readFile(path);
  const cutTo = length >>> 1;
  await truncate(path, cutTo);
  return { length, cutTo };
}
