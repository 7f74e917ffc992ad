import { statSync, writeFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "../../lib/child.ts";
import type { Random } from "../../lib/random.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import { type DiskEvent, readDiskLog } from "./disk_log.ts";
import { checkAtBoot, type FileSystemKind, makeImage, mount } from "./file_systems.ts";
import { type PromiseEntry, readPromises } from "./promises.ts";
import type { Shell } from "./shell.ts";
import { NOT_KEPT, type WriteOptions } from "./write.ts";
import type { Writer } from "./writers.ts";

/** The actions of a writer on a disk, and its promises. */
export interface Recording {
  /** The image of the disk before. */
  readonly image: string;
  readonly events: readonly DiskEvent[];
  /** Where in the log the file system was mounted, and the power may be cut. */
  readonly from: number;
  readonly promises: readonly PromiseEntry[];
  /** A wrong result of `open`; the recording ends there. */
  readonly notKept?: string;
}

/** The subject of a recording, and its settings. */
export interface RecordOptions {
  readonly folder: string;
  readonly kind: FileSystemKind;
  readonly writer: Writer;
  readonly runtime: Runtime;
  readonly executables: Readonly<Record<Runtime, string>>;
  readonly random: Random;
  readonly generations: number;
  readonly shell: Shell;
  /** The image that a power cut has left, and the promises that hold for it. */
  readonly after?: { readonly image: string; readonly promises: readonly PromiseEntry[] };
}

const QUEUES = 16;
/** How often a writer that is killed is started. */
const LIVES = 5;
/** How many calls of its file system a writer may live to make. */
const CALLS = { least: 5, range: 60 };
/** A process that runs so long hangs. */
const PATIENCE_MS = 60_000;

/** Has a writer write to a file system on a recorded disk. */
export async function record(options: RecordOptions): Promise<Recording> {
  const { folder, kind, shell, after } = options;
  await mkdir(join(folder, "mounted"), { recursive: true });
  const at = (name: string) => join(folder, name);
  const image = after?.image ?? at("image");
  if (after === undefined) await makeImage(kind, image, shell);
  writeFileSync(
    at("promises"),
    (after?.promises ?? []).map((p) => JSON.stringify(p) + "\n").join(""),
  );
  const disk = new Child([
    options.executables.node,
    ...["--disable-warning=ExperimentalWarning"],
    fileURLToPath(new URL("recorded_disk.ts", import.meta.url)),
    ...[image, at("disk"), at("log")],
  ]);
  if (!await disk.wrote("ready")) throw new Error(`Cannot record: ${(await disk.ended).errors}`);
  const device = await shell.must("losetup", "--find", "--show", "--direct-io=on", at("disk"));
  let from = 0;
  let notKept: string | undefined;
  try {
    if (after !== undefined && kind.needsCheck) await checkAtBoot(device, shell);
    const obstacle = await mount(kind, { device }, at("mounted"), shell);
    if (obstacle !== undefined) throw new Error(`Cannot mount ${kind.name}: ${obstacle}`);
    try {
      // Detaches when it is unmounted, whatever becomes of this process.
      await shell.must("losetup", "--detach", device);
      if (after === undefined) {
        await shell.must("sync", "--file-system", at("mounted"));
        from = statSync(at("log")).size;
      }
      notKept = await write(options);
    } finally {
      await shell.must("umount", at("mounted"));
    }
  } catch (error) {
    await shell.run("losetup", "--detach", device);
    throw error;
  } finally {
    await shell.must("umount", at("disk"));
    await disk.ended;
  }
  const events = readDiskLog(await readFile(at("log")));
  return { image, events, from, promises: readPromises(at("promises")), notKept };
}

/** Runs the writer, with others at work on the same file system; answers what it must not show. */
async function write(options: RecordOptions): Promise<string | undefined> {
  const { folder, writer, random, generations } = options;
  const mounted = join(folder, "mounted");
  const isSabotaged = writer.sabotage !== undefined || options.kind.mustLose !== undefined;
  // Unsynced data reaches the disk only with time, when other writes happen.
  const noise = isSabotaged || random.chance(0.5)
    ? new Child(commandOf(options, "noise.ts", mounted))
    : undefined;
  try {
    const lives = writer.isKilled ? LIVES : 0;
    for (let life = lives; life >= 0; life--) {
      const how: WriteOptions = {
        writer: writer.name,
        directory: mounted,
        promises: join(folder, "promises"),
        log: join(folder, "log"),
        seed: String(random.next()),
        generations: writer.isKilled ? 4 : generations,
        queues: QUEUES,
        pauseMs: isSabotaged ? 20 : 3,
        dieAt: life > 0 ? CALLS.least + random.below(CALLS.range) : undefined,
      };
      const child = new Child(commandOf(options, "write.ts", JSON.stringify(how)));
      const timer = setTimeout(() => child.kill(), PATIENCE_MS);
      const { code, signal, errors } = await child.ended;
      clearTimeout(timer);
      if (code === NOT_KEPT) return errors;
      if (code !== 0 && !(how.dieAt !== undefined && signal === "SIGKILL")) {
        throw new Error(`Cannot record ${writer.name}: it ended with ${signal ?? code}\n${errors}`);
      }
    }
    return undefined;
  } finally {
    noise?.kill();
    await noise?.ended;
  }
}

function commandOf(
  { runtime, executables }: RecordOptions,
  program: string,
  argument: string,
): string[] {
  const flags = runtime === "deno" ? ["run", "--quiet", "--no-lock", "-A"] : [];
  return [
    executables[runtime],
    ...flags,
    fileURLToPath(new URL(program, import.meta.url)),
    argument,
  ];
}
