import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OffsetTable } from "../../src/core/mod.ts";
import type { Client } from "./clients.ts";
import { DriverProcess } from "../conformance/driver_process.ts";
import { written } from "./file_checks.ts";
import { sampleTables } from "./tables.ts";

const FOLDER = fileURLToPath(new URL("../../tests/fixtures/", import.meta.url));

/** Few, since each is kept once for each client. */
const COUNT = 5;
const SEED = 4;

/** Writes the tables of the fixtures. */
export async function writeFixtureTables(): Promise<OffsetTable[]> {
  const tables = sampleTables(COUNT, SEED);
  const folder = join(FOLDER, "tables");
  await mkdir(folder, { recursive: true });
  for (const [index, table] of tables.entries()) {
    const entries = [...table].map(([mq, offset]) => ({ ...mq, offset: String(offset) }));
    await writeFile(join(folder, `${name(index)}.entries.json`), JSON.stringify(entries) + "\n");
  }
  return tables;
}

/** Lets a client write the tables, and keeps its files: `go-2.1.2` becomes `go/2.1.2/00.json` …. */
export async function writeFixtures(
  { id }: Client,
  command: readonly string[],
  tables: readonly OffsetTable[],
): Promise<void> {
  const folder = join(FOLDER, id.replace("-", "/"));
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder)) await rm(join(folder, old));
  const root = await mkdtemp(join(await realpath(tmpdir()), "interop-"));
  const driver = await DriverProcess.start(command);
  try {
    for (const [index, table] of tables.entries()) {
      const bytes = await written(driver, join(root, name(index)), table);
      await writeFile(join(folder, `${name(index)}.json`), bytes);
    }
  } finally {
    await driver.kill();
    await rm(root, { recursive: true, force: true });
  }
}

const name = (index: number) => String(index).padStart(2, "0");
