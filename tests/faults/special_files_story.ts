/** What a store and the operator's tool say of a directory; a program that tells a test in JSON. */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { LocalFileOffsetStore, nodeFileSystem } from "../../mod.ts";
import { run } from "../scripts/offsets_run.ts";

/** All that was said, step by step. */
export interface Told {
  /** Messages of errors, and reasons of faults. */
  readonly store: readonly string[];
  /** What the tool printed, by its command. */
  readonly tool: Readonly<Record<string, string>>;
}

const QUEUE = { topic: "orders", brokerName: "broker-a", queueId: 0 };

async function useStore(root: string): Promise<string[]> {
  const told: string[] = [];
  const tell = (error: unknown) => void told.push((error as Error).message);
  try {
    const store = await LocalFileOffsetStore.open({
      clientId: "client",
      group: "group",
      root,
      journal: true,
      onConflict: "merge",
      // No lock is waited for in real time.
      fileSystem: { ...nodeFileSystem, pause: () => Promise.resolve() },
    });
    told.push(...store.loadOutcome.faults.map(({ path, reason }) => `${path}: ${reason}`));
    for (let offset = 1n; offset <= 3n; offset++) {
      store.update(QUEUE, store.peek(QUEUE) + offset, true);
      await store.persist().catch(tell);
    }
    await store.close().catch(tell);
  } catch (error) {
    tell(error);
  }
  return told;
}

async function useTool(root: string, main: string): Promise<Record<string, string>> {
  const told: Record<string, string> = {};
  const commands = [
    ...[["verify", main], ["show", main], ["list", root]],
    ...[["reset", main, "--to-offset", "7", "--force", "--yes"], ["rescue", main, "--yes"]],
  ];
  for (const args of commands) {
    const { code, out, err } = await run(args);
    told[args[0]] = `${code}: ${out}${err}`;
  }
  return told;
}

/** Uses a store in every way. */
export async function tellOf(root: string, main: string): Promise<Told> {
  return { store: await useStore(root), tool: await useTool(root, main) };
}

const [, program, root, main] = process.argv;
if (program !== undefined && pathToFileURL(program).href === import.meta.url) {
  console.log(JSON.stringify(await tellOf(root, main)));
}
