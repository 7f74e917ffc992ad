import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeBundle } from "../release/bundle.ts";
import { digits, type Figure, type Result, type Section } from "./section.ts";
import { median } from "./statistics.ts";

const PROBE = fileURLToPath(new URL("startup_probe.ts", import.meta.url));
const SOURCES = new URL("../../mod.ts", import.meta.url).href;

/** The modules to start: the name in the table, and the arguments of `startup_probe.ts`. */
const STARTS: readonly { readonly name: string; readonly what: string; readonly module: string }[] =
  [
    { name: "ours, mod.ts", what: "ours", module: SOURCES },
    { name: "ours, the bundle", what: "ours", module: "bundle" },
    { name: "SQLite", what: "sqlite", module: "" },
    { name: "write-file-atomic", what: "import", module: "write-file-atomic" },
    { name: "atomically", what: "import", module: "atomically" },
    { name: "classic-level", what: "level", module: "classic-level" },
    { name: "lmdb", what: "lmdb", module: "lmdb" },
  ];

export const startupSection: Section = {
  name: "startup",
  async run({ directory, quick, progress }) {
    const place = join(directory, "startup");
    await mkdir(place, { recursive: true });
    const bundle = await makeBundle(place);
    const rounds = quick ? 1 : 9;
    const found = STARTS.map((): number[][] => []);
    const notes = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      for (const [i, { name, what, module }] of STARTS.entries()) {
        const target = module === "bundle" ? bundle : module;
        try {
          found[i].push(await start(what, target, join(place, `${i}-${round}`)));
        } catch {
          notes.add(`${name} is left out: it could not be started on this runtime.`);
        }
      }
      progress("startup", (round + 1) / rounds);
    }
    const rows = STARTS.map(({ name }, i) => ({
      name,
      times: [0, 1].map((part) => median(found[i].map((each) => each[part]))),
    })).filter((_, i) => found[i].length > 0);
    const result: Result = {
      title: "Startup: the import of the module, and the first open of an empty store",
      columns: [
        { title: "" },
        { title: "IMPORT ms", align: "right" },
        { title: "OPEN ms", align: "right" },
      ],
      rows: rows.map(({ name, times }) => [name, ...times.map(digits)]),
      figures: rows.flatMap(({ name, times: [imported, opened] }): Figure[] => [
        { what: `startup ${name}, import`, queues: 0, value: imported, unit: "ms" },
        { what: `startup ${name}, open`, queues: 0, value: opened, unit: "ms" },
      ]),
      notes: [...notes, "Each in a process of its own; what has no open of its own has 0 there."],
    };
    return [result];
  },
};

/** Milliseconds of the import and of the first open, in a new process. */
async function start(what: string, module: string, directory: string): Promise<number[]> {
  const run = process.versions.deno === undefined ? [] : ["run", "-A", "--quiet", "--no-check"];
  const args = [...run, PROBE, what, module, directory];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim().split("\n").map(Number);
}
