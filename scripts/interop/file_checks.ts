import { setTimeout } from "node:timers/promises";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  decode,
  type OffsetFileFormat,
  type OffsetTable,
  parse,
  serialize,
} from "../../src/core/mod.ts";
import type { Client } from "./clients.ts";
import { readClientFile, writeClientFile } from "../conformance/client_files.ts";
import { DriverProcess } from "../conformance/driver_process.ts";
import type { Driver } from "../conformance/protocol.ts";
import { isInForm } from "./forms.ts";
import { must } from "./must.ts";

/** One way of handing a file over, with what came of it. */
export interface FileCheck {
  readonly id: "we read" | "bytes" | `reads ${OffsetFileFormat}${" with checksum" | ""}`;
  readonly agreed: number;
  readonly of: number;
  /** The first table that went wrong, and how. */
  readonly fault?: string;
}

/** The forms that we write: each format, plain, and with a checksum and a generation. */
const OURS = (["go", "java"] as const).flatMap((format) =>
  [false, true].map((checksum) => ({ format, checksum }))
);

/**
 * Hands each table over in both directions.
 *
 * @param client The client, for the form of its files.
 * @param command How to start its driver.
 * @param onTable Is told after each table.
 */
export async function checkFiles(
  client: Client,
  command: readonly string[],
  tables: readonly OffsetTable[],
  onTable: () => void,
): Promise<FileCheck[]> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "interop-"));
  const driver = await DriverProcess.start(command);
  const tally = new Tally();
  try {
    for (const [index, table] of tables.entries()) {
      const root = join(folder, String(index));
      const bytes = await written(driver, root, table);
      tally.count("we read", await faultOf(() => compare(parse(decode(bytes)), table)));
      const isOurs = isInForm(decode(bytes), table, client.writes);
      tally.count("bytes", isOurs ? undefined : `${decode(bytes)} is not in its form`);
      for (const { format, checksum } of OURS) {
        const generation = checksum ? 1 : undefined;
        const text = serialize(table, { format, checksum, generation });
        const id = `reads ${format}${checksum ? " with checksum" : ""}` as const;
        tally.count(id, await faultOf(() => theyRead(driver, `${root}-${format}`, text, table)));
      }
      onTable();
    }
  } finally {
    await driver.kill();
    await rm(folder, { recursive: true, force: true });
  }
  return tally.checks();
}

const IDS = { clientId: "client", group: "group" } as const;

/** Lets the client write a table, and returns its file. */
export async function written(
  driver: Driver,
  root: string,
  table: OffsetTable,
): Promise<Uint8Array> {
  const path = await openedPath(driver, root);
  // Rust's client makes no directory, and says nothing when it cannot write.
  await mkdir(dirname(path), { recursive: true });
  for (const [mq, offset] of table) {
    await must(driver, { op: "update", mq, offset: String(offset), increaseOnly: false });
  }
  await must(driver, { op: "persist" });
  return await readSoon(path);
}

/** Opens a store, and returns the path of its main file. */
async function openedPath(driver: Driver, root: string): Promise<string> {
  const { path } = await must(driver, { op: "open", root, ...IDS });
  if (path === undefined) throw new Error(`open: the driver does not answer "path"`);
  return path;
}

/** Rust's client writes a second time behind the call, and moves the file away before it does. */
async function readSoon(path: string): Promise<Uint8Array> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const bytes = await readClientFile(path);
    if (bytes !== undefined) return bytes;
    await setTimeout(20);
  }
  throw new Error(`persist: there is no file ${JSON.stringify(path)} after it`);
}

/** Puts the text where the client looks for its file, and asks it for every offset. */
async function theyRead(
  driver: Driver,
  root: string,
  text: string,
  table: OffsetTable,
): Promise<string | undefined> {
  await mkdir(root, { recursive: true });
  const path = await openedPath(driver, root);
  await writeClientFile(root, path, new TextEncoder().encode(text));
  await must(driver, { op: "open", root, ...IDS });
  for (const [mq, offset] of table) {
    const answer = await must(driver, { op: "read", mq, type: "memory" });
    if (answer.offset !== String(offset)) {
      return `${JSON.stringify(mq)} is ${answer.offset} instead of ${offset}`;
    }
  }
}

function compare(found: OffsetTable, wanted: OffsetTable): string | undefined {
  if (found.equals(wanted)) return undefined;
  const lost = [...wanted].find(([mq, offset]) => found.get(mq) !== offset);
  return `${found.size} of ${wanted.size} queues, and not ${JSON.stringify(lost?.[0])}`;
}

/** The failures, also if the check throws. */
async function faultOf(
  check: () => string | undefined | Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    return await check();
  } catch (error) {
    return (error as Error).message;
  }
}

class Tally {
  readonly #checks = new Map<FileCheck["id"], FileCheck>();

  count(id: FileCheck["id"], fault: string | undefined): void {
    const { agreed, of, fault: first } = this.#checks.get(id) ?? { agreed: 0, of: 0 };
    const checked = { id, agreed: agreed + (fault === undefined ? 1 : 0), of: of + 1 };
    this.#checks.set(id, { ...checked, fault: first ?? fault });
  }

  checks(): FileCheck[] {
    return [...this.#checks.values()];
  }
}
