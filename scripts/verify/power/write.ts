/**
 * The program that writes to a recorded disk, and notes what it promises.
 *
 *     write.ts '{"writer":"snapshot","directory":…,"promises":…,"log":…,"seed":…,…}'
 *
 * If `open` shows what it must not, the last line on its standard error says so, and it ends with
 * exit code 3.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Random } from "../../lib/random.ts";
import { mortalFileSystem, sabotagedFileSystem } from "./altered_file_system.ts";
import { FILE_WRITERS, writeFiles } from "./file_writers.ts";
import { NotKept, StoreSession } from "./store_session.ts";
import { writerOf } from "./writers.ts";

/** How a writer is run. */
export interface WriteOptions {
  readonly writer: string;
  /** Where the file system is mounted. */
  readonly directory: string;
  readonly promises: string;
  readonly log: string;
  readonly seed: string;
  readonly generations: number;
  readonly queues: number;
  /** The longest pause between two generations. */
  readonly pauseMs: number;
  /** At which of its calls of the file system it is killed. */
  readonly dieAt?: number;
}

/** The exit code if `open` has shown what it must not. */
export const NOT_KEPT = 3;

async function main(options: WriteOptions): Promise<void> {
  const writer = writerOf(options.writer);
  const random = new Random(options.seed);
  const root = join(options.directory, writer.root ?? "root");
  if (writer.isPrepared) mkdirSync(join(root, "c", "g"), { recursive: true });
  const program = FILE_WRITERS.get(writer.sabotage);
  if (program !== undefined) return await writeFiles(program, root, options, random);
  const { dieAt } = options;
  const fileSystem = dieAt === undefined
    ? sabotagedFileSystem(writer.sabotage)
    : mortalFileSystem(dieAt, random);
  const session = new StoreSession(
    writer,
    { clientId: "c", group: "g", root, fileSystem, ...writer.options },
    options,
    random,
  );
  await session.run();
}

if (import.meta.main) {
  try {
    await main(JSON.parse(process.argv[2]));
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    process.stderr.write(error.message);
    process.exitCode = NOT_KEPT;
  }
}
