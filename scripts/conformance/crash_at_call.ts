/** Crashes at system calls: strace kills the client when it enters a call on one of its files. */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MessageQueue } from "../../src/core/mod.ts";
import { CLIENT_ID, type Ground, GROUP } from "./ground.ts";
import { DriverDied, NotShown } from "./verdict.ts";
import { World } from "./world.ts";

/**
 * The calls that strace traces: all calls that change names, since strace knows a rename by its old
 * name only, or all calls on the files with known names.
 */
type Watch = "names" | "files";

const CALLS: Record<Watch, RegExp> = {
  names: /^(rename|link|unlink|symlink)/,
  files: /^(open|creat|p?write|f?truncate|fallocate|f?(data)?sync)/,
};

/** A system call on the store's files: `when` counts the calls of this name in its thread. */
export interface CallBoundary {
  readonly watch: Watch;
  readonly call: string;
  readonly when: number;
}

const known = new WeakMap<Ground, Promise<readonly CallBoundary[]>>();

/** The calls on its files that a client makes from its start to the end of a persist. */
export function learnBoundaries(ground: Ground): Promise<readonly CallBoundary[]> {
  let learned = known.get(ground);
  if (learned === undefined) known.set(ground, learned = learn(ground));
  return learned;
}

/** @throws {NotShown} If strace cannot be used here. */
export function needStrace(): void {
  if (spawnSync("strace", ["-o", "/dev/null", "true"]).status !== 0) {
    throw new NotShown("strace is not installed, or may not trace");
  }
}

/** A file for the log of strace, where the client does not look. */
export async function traceLog(world: World): Promise<string> {
  return join(await world.ground.directory.folder("strace"), "log");
}

/**
 * Reads a log of strace.
 *
 * @throws {NotShown} If strace has written none.
 */
export async function readTrace(log: string): Promise<string> {
  try {
    return await readFile(log, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new NotShown("strace writes no log");
  }
}

async function learn(ground: Ground): Promise<readonly CallBoundary[]> {
  needStrace();
  await using world = await World.make(ground);
  await world.openWell();
  const mq = { topic: "a", brokerName: "b", queueId: 0 };
  for (const offset of [1n, 2n]) {
    await world.update(mq, offset);
    await world.persistWell();
  }
  const log = await traceLog(world);
  const boundaries: CallBoundary[] = [];
  let offset = 3n;
  for (const watch of ["names", "files"] as const) {
    await runTraced(world, ["-o", log, ...watched(world, watch)], mq, offset++);
    const text = await readTrace(log);
    boundaries.push(...parseCalls(text, watch, watch === "names" ? world.root : ""));
  }
  if (boundaries.length === 0) throw new NotShown("the client makes no call that strace can see");
  return boundaries;
}

/**
 * The calls of a log of `strace -f` that may change a file, counted for each thread as strace
 * counts them. A crash before any other call leaves the same files
 * as a crash before the next of these calls.
 *
 * @param about A text that the line of a call must contain.
 */
export function parseCalls(log: string, watch: Watch, about = ""): CallBoundary[] {
  const counts = new Map<string, number>();
  const seen = new Map<string, CallBoundary>();
  for (const line of log.split("\n")) {
    const begun = /^(\d+) +(\w+)\(/.exec(line);
    if (begun === null) continue;
    const [, thread, call] = begun;
    const when = (counts.get(`${thread} ${call}`) ?? 0) + 1;
    counts.set(`${thread} ${call}`, when);
    if (!CALLS[watch].test(call) || !line.includes(about)) continue;
    seen.set(`${call} ${when}`, { watch, call, when });
  }
  // The last calls are those of the persist.
  return [...seen.values()].reverse();
}

/**
 * Lets a new process load, update and persist, and kills it at the call.
 *
 * @returns Whether the persist was acknowledged nevertheless.
 */
export async function crashAt(
  world: World,
  { watch, call, when }: CallBoundary,
  mq: MessageQueue,
  offset: bigint,
): Promise<boolean> {
  const log = await traceLog(world);
  const inject = ["-e", `inject=${call}:signal=KILL:when=${when}`];
  world.tell(`a new process opens the store, calls update(a/b/0, ${offset}) and persist(), and is`);
  const persisted = await runTraced(
    world,
    ["-o", log, ...watched(world, watch), ...inject],
    mq,
    offset,
  );
  world.story[world.story.length - 1] += persisted
    ? " killed after the answer"
    : ` killed as it enters the call ${call} no. ${when}${
      watch === "files" ? " on the store's files" : ""
    }`;
  return persisted;
}

function watched(world: World, watch: Watch): string[] {
  if (watch === "names") {
    const calls = ["rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"];
    // Not every machine has all of them.
    return [
      "-e",
      `trace=${[...calls, "symlink", "symlinkat"].map((call) => `?${call}`).join(",")}`,
    ];
  }
  const paths = [dirname(world.path("main")), world.path("main")];
  for (const role of ["backup", "temporary"] as const) paths.push(world.path(role));
  return ["-e", "trace=%file,%desc", ...paths.flatMap((path) => ["-P", path])];
}

/** Lets a new process load, update and persist under strace. Returns whether it acknowledged. */
export async function runTraced(
  world: World,
  options: readonly string[],
  mq: MessageQueue,
  offset: bigint,
  kills = false,
): Promise<boolean> {
  const { root } = world;
  const driver = await world.ground.launch(["strace", "-f", "-qq", ...options]);
  try {
    const { ok } = await driver.request({ op: "open", root, clientId: CLIENT_ID, group: GROUP });
    if (!ok) return false;
    await driver.request({ op: "update", mq, offset: String(offset), increaseOnly: true });
    const persisted = await driver.request({ op: "persist" });
    // Only a strace that ends by itself writes the end of its log.
    if (!kills) await driver.end();
    return persisted.ok;
  } catch (error) {
    if (error instanceof DriverDied) return false;
    throw error;
  } finally {
    await driver.kill();
  }
}
