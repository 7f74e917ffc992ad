import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { garbageFlags } from "./garbage.ts";
import { digits, type Figure, type Result, type Section } from "./section.ts";

const PROBE = fileURLToPath(new URL("memory_probe.ts", import.meta.url));

/** What a process of its own tells; see `memory_probe.ts`. */
export async function probe(root: string, queues: number, how: string): Promise<number[]> {
  const run = process.versions.deno === undefined ? [] : ["run", "-A", "--quiet"];
  const args = [...run, ...garbageFlags(), PROBE, root, String(queues), how];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
  return stdout.trim().split("\n").map(Number);
}

export const memorySection: Section = {
  name: "memory",
  async run({ directory, quick, progress }) {
    const queues = quick ? 100_000 : 1_000_000;
    const root = join(directory, "memory");
    progress("memory", 0.2);
    const [updated, written] = await probe(root, queues, "update");
    progress("memory", 0.5);
    const [loaded, rewritten] = await probe(root, queues, "load");
    progress("memory", 0.9);
    const [maps] = await probe(root, queues, "maps");
    const rows = [
      ["after updates of all", updated],
      ["and a persist", written],
      ["after open", loaded],
      ["open, and a persist", rewritten],
      ["a Map from queue id to number for each broker, alone", maps],
    ] as const;
    const result: Result = {
      title: `Memory for ${queues.toLocaleString("en")} queues`,
      columns: [{ title: "" }, { title: "BYTES A QUEUE", align: "right" }],
      rows: rows.map(([name, bytes]) => [name, digits(bytes)]),
      figures: rows.map(([what, value]): Figure => ({ what, queues, value, unit: "bytes" })),
      notes: ["Beyond the strings of the names, which the consumer has anyway."],
    };
    return [result];
  },
};
