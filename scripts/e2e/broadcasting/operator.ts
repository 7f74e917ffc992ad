import { EXIT } from "../../lib/exit_code.ts";
import { main } from "../../offsets.ts";

/** Runs the operator's tool and returns its output. The exit code must be 0. */
export async function offsets(...args: readonly string[]): Promise<string> {
  const said = { out: "", err: "" };
  const code = await main(args, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    color: false,
    now: Date.now,
    sleep: () => Promise.resolve(false),
  });
  if (code === EXIT.ok) return said.out;
  throw new Error(`offsets ${args.join(" ")} ended with ${code}:\n${said.out}${said.err}`);
}

/** A store in the output of `offsets list`. */
export interface ListedStore {
  readonly path: string;
  readonly client: string;
  readonly group: string;
  readonly format: string;
  readonly queues: number;
  readonly health: string;
}

/** The stores below a root, as the tool lists them. */
export async function listStores(root: string): Promise<readonly ListedStore[]> {
  return JSON.parse(await offsets("list", root, "--json")).stores;
}

/** The offsets in a file, by queue id, as the tool shows them. */
export async function showOffsets(path: string): Promise<ReadonlyMap<number, bigint>> {
  const shown: { offsets: readonly { queueId: number; offset: string }[] } = JSON.parse(
    await offsets("show", path, "--json"),
  );
  return new Map(shown.offsets.map(({ queueId, offset }) => [queueId, BigInt(offset)]));
}
