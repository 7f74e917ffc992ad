import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type Diagnostic,
  type FileSystem,
  LocalFileOffsetStore,
  nodeFileSystem,
  type OpenOptions,
} from "../../../mod.ts";
import { textOf } from "./promises.ts";

/** The findings of a process that opens the store after a power cut. */
export interface Loaded {
  /** The table's text; `undefined` if `open` failed. */
  readonly table?: string;
  /** The outcome that `open` reported, in a word or two. */
  readonly label: string;
  /** Why the store could not be opened, or could not go on. */
  readonly error?: string;
  /** The files that were kept aside or reported as bad. */
  readonly disturbances: readonly string[];
}

/** A queue that no writer has. */
const AFTER = { topic: "after", brokerName: "the power cut", queueId: 99_999 };

/**
 * A file system whose pauses take no time, while its clock goes on: the owner of any lock is dead, and
 * nobody writes a young file any more. The holder of a lock tells its beats by real time.
 */
function withoutPauses(): FileSystem {
  let skippedMs = 0;
  return {
    ...nodeFileSystem,
    now: () => nodeFileSystem.now() + skippedMs,
    pause(ms, signal) {
      if (signal !== undefined) return nodeFileSystem.pause(ms, signal);
      skippedMs += ms;
      return Promise.resolve();
    },
  };
}

/** Opens a store, goes on with it, and looks whether that is what the next process finds. */
export async function loadAndGoOn(options: OpenOptions): Promise<Loaded> {
  const disturbances: string[] = [];
  const onDiagnostic = (diagnostic: Diagnostic) => {
    if (diagnostic.kind === "kept-aside") disturbances.push(`kept ${basename(diagnostic.keptAs)}`);
  };
  const fileSystem = withoutPauses();
  const open = () => LocalFileOffsetStore.open({ ...options, fileSystem, onDiagnostic });
  let store;
  try {
    store = await open();
  } catch (error) {
    return { label: "error", error: String(error), disturbances };
  }
  const table = textOf(store.snapshot());
  const { kind, source, journalRecords } = store.loadOutcome;
  const file = source === undefined ? "" : `, ${nameOf(source)}`;
  const label = `${kind}${file}${journalRecords > 0 ? ", journal" : ""}`;
  let error;
  try {
    store.update(AFTER, 1n, false);
    await store.persist();
    const expected = textOf(store.snapshot());
    const check = async (when: string) => {
      const again = await open();
      if (textOf(again.snapshot()) !== expected) throw new Error(`another table after ${when}`);
    };
    await check("a persist");
    await store.close();
    await check("close");
  } catch (cause) {
    error = String(cause);
    // It holds files open, which keep the file system busy.
    await store.close().catch(() => {});
  }
  return { table, label, error, disturbances };
}

/** The name of a file, without what makes a temporary one unique. */
function nameOf(path: string): string {
  const name = basename(path);
  return name.endsWith(".tmp") ? "a temporary file" : name;
}

/** The files of a store with their lengths, for a story. */
export function filesOf(root: string): string {
  const directory = join(root, "c", "g");
  try {
    return readdirSync(directory)
      .map((name) => `${name} ${statSync(join(directory, name)).size}`).join(", ") || "no file";
  } catch (error) {
    return `no ${basename(dirname(directory))}/${basename(directory)}: ${(error as Error).message}`;
  }
}
