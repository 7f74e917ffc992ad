import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import process from "node:process";

/** A call that touched one of the traced paths. */
export interface TracedCall {
  readonly name: string;
  /** The traced paths that it touched, as they are labelled; two for a link or a rename. */
  readonly targets: readonly string[];
  readonly thread: string;
  /** Whether strace made it fail. */
  readonly injected: boolean;
}

/** What a traced program did. */
export interface Trace {
  readonly calls: readonly TracedCall[];
  /** Whether it was killed; if so, at the last of the calls, which had no effect. */
  readonly killed: boolean;
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** What strace is to do to a call of a program. */
export interface Injection {
  readonly call: string;
  readonly fault: "signal=KILL" | "error=EIO";
  /** The how manieth of its thread. */
  readonly when: number;
}

/** Why strace cannot be used here; `undefined` if it can. */
export async function whyNoStrace(): Promise<string | undefined> {
  const { failure, errors } = await run(["strace", "-o", "/dev/null", "true"], ".", process.env);
  if (failure === undefined) return undefined;
  return failure === "ENOENT" ? "strace is not installed" : `strace cannot trace: ${errors.trim()}`;
}

/** Runs a program under strace, which looks at the calls that touch the paths and no others. */
export async function trace(
  command: readonly string[],
  { cwd, env, paths, only, log, injection }: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    /** What to look at, each with its label. */
    readonly paths: ReadonlyMap<string, string>;
    /** The one label to look at, if it is one. */
    readonly only?: string;
    readonly log: string;
    readonly injection?: Injection;
  },
): Promise<Trace> {
  const inject = injection === undefined ? [] : [
    "-e",
    `inject=${injection.call}:${injection.fault}:when=${injection.when}`,
  ];
  const watched = [...paths].filter(([, label]) => only === undefined || label === only);
  const filter = ["-e", "trace=%file,%desc", ...watched.flatMap(([path]) => ["-P", path])];
  const program = ["strace", "-f", "-y", "-s", "8", "-o", log, ...filter, ...inject, ...command];
  const { code, output, errors } = await run(program, cwd, env);
  const text = await readFile(log, "utf8");
  await rm(log);
  return {
    calls: parseTrace(text, paths),
    killed: text.includes("+++ killed by SIGKILL +++"),
    code,
    output,
    errors,
  };
}

/** Reads a log of `strace -f -y`. */
export function parseTrace(text: string, paths: ReadonlyMap<string, string>): TracedCall[] {
  const calls: TracedCall[] = [];
  const pending = new Map<string, number>();
  for (const line of text.split("\n")) {
    const injected = line.endsWith("(INJECTED)");
    // The end of a call during which another thread's was logged.
    const resumed = /^(\d+) +<\.\.\. \w+ resumed>/.exec(line);
    const index = pending.get(resumed?.[1] ?? "");
    if (index !== undefined && injected) calls[index] = { ...calls[index], injected };
    const begun = /^(\d+) +(\w+)\((.*)$/.exec(line);
    if (begun === null) continue;
    const [, thread, name, rest] = begun;
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

function run(
  [program, ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; failure?: unknown; output: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env }, (error, output, errors) => {
      if (error === null) resolve({ code: 0, output, errors });
      const code = typeof error?.code === "number" ? error.code : null;
      resolve({ code, failure: error?.code, output, errors });
    });
  });
}
