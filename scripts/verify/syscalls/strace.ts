import { readdir, readFile, rm } from "node:fs/promises";
import { Child, type Ending } from "../../lib/child.ts";

/** A call that touched one of the traced paths. */
export interface TracedCall {
  readonly name: string;
  /** The traced paths that it touched, as they are labelled; two for a link or a rename. */
  readonly targets: readonly string[];
  readonly thread: string;
  /** Whether strace made it fail. */
  readonly injected: boolean;
}

/** The actions of a traced program. */
export interface Trace extends Ending {
  readonly calls: readonly TracedCall[];
}

/** The actions of a program to which strace was attached while it waited. */
export interface FaultTrace extends Trace {
  /** Its main thread. */
  readonly main: string;
}

/** The change that strace makes to a call of a program. */
export interface Injection {
  readonly call: string;
  readonly fault: "signal=KILL" | "error=EIO";
  /** The how manieth of its thread, counted from when strace was attached. */
  readonly when: number;
}

/** The calls that strace traces, and the file of its log. */
export interface View {
  /** The paths, each with its label. */
  readonly paths: ReadonlyMap<string, string>;
  /** The one label that a call must touch to be seen; any of them by default. */
  readonly only?: string;
  /**
   * `main` for no thread but that; `others` for those that there are besides, when strace is
   * attached; all of them, and those that come, by default.
   */
  readonly threads?: "main" | "others" | "all";
  readonly log: string;
}

/** Why strace cannot be used here; `undefined` if it can. */
export async function whyNoStrace(): Promise<string | undefined> {
  const idle = new Child(["sleep", "60"]);
  try {
    const strace = await attach([idle.pid], ["-o", "/dev/null"]);
    idle.kill();
    await strace.ended;
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    idle.kill();
    await idle.ended;
  }
}

/** Runs a program under strace. */
export async function trace(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  view: View,
): Promise<Trace> {
  const child = new Child(["strace", ...optionsFor(view), ...command], { cwd, env });
  return { ...await child.ended, calls: await takeLog(view) };
}

/** Attaches strace to a waiting program, lets it go on, and injects a fault. */
export async function traceFrom(
  child: Child,
  view: View,
  { call, fault, when }: Injection,
): Promise<FaultTrace> {
  const inject = ["-e", `inject=${call}:${fault}:when=${when}`];
  const ids = view.threads === "others" ? await otherThreads(child.pid) : [child.pid];
  const strace = await attach(ids, [...optionsFor(view), ...inject]);
  child.tell("");
  const ending = await child.ended;
  await strace.ended;
  return { ...ending, main: String(child.pid), calls: await takeLog(view, String(ids[0])) };
}

async function otherThreads(pid: number): Promise<number[]> {
  const ids = (await readdir(`/proc/${pid}/task`)).map(Number);
  return ids.filter((id) => id !== pid);
}

function optionsFor({ paths, only, threads = "all", log }: View): string[] {
  const watched = [...paths].filter(([, label]) => only === undefined || label === only)
    .flatMap(([path]) => ["-P", path]);
  const follow = threads === "all" ? ["-f"] : [];
  return [...follow, "-y", "-s", "8", "-o", log, "-e", "trace=%file,%desc", ...watched];
}

/** Attaches strace to threads, and waits until it follows all of them. */
async function attach(ids: readonly number[], options: readonly string[]): Promise<Child> {
  const strace = new Child(["strace", ...options, ...ids.flatMap((id) => ["-p", String(id)])]);
  const areAttached = async () => {
    for (const id of ids) if (!await strace.complained(`Process ${id} attached`)) return false;
    return true;
  };
  const isAttached = await Promise.race([
    areAttached(),
    strace.ended.then(() => false, () => false),
  ]);
  if (isAttached) return strace;
  const { errors } = await strace.ended.catch(() => ({ errors: "strace is not installed" }));
  throw new Error(errors.trim());
}

async function takeLog({ log, paths }: View, main?: string): Promise<TracedCall[]> {
  const text = await readFile(log, "utf8");
  await rm(log);
  return parseTrace(text, paths, main);
}

/** Reads a log of `strace -y`; without `-f` there is but one thread, whose id it leaves out. */
export function parseTrace(
  text: string,
  paths: ReadonlyMap<string, string>,
  main = "",
): TracedCall[] {
  const calls: TracedCall[] = [];
  const pending = new Map<string, number>();
  for (const line of text.split("\n")) {
    const injected = line.endsWith("(INJECTED)");
    // The end of a call during which another thread's was logged.
    const resumed = /^(\d+) +<\.\.\. \w+ resumed>/.exec(line);
    const index = pending.get(resumed?.[1] ?? "");
    if (index !== undefined && injected) calls[index] = { ...calls[index], injected };
    const begun = /^(?:(\d+) +)?(\w+)\((.*)$/.exec(line);
    if (begun === null) continue;
    const [, thread = main, name, rest] = begun;
    pending.set(thread, calls.length);
    calls.push({ name, targets: targetsOf(rest, paths), thread, injected });
  }
  return calls;
}

function targetsOf(args: string, paths: ReadonlyMap<string, string>): string[] {
  // The result of an open is annotated as well, and so is the current directory.
  const [before] = args.replaceAll(/AT_FDCWD<[^>]*>/g, "").split(/\) += /);
  return [...before.matchAll(/"([^"]*)"|<([^<>]*)>/g)]
    .map(([, path, open]) => paths.get(path ?? open)).filter((label) => label !== undefined);
}
