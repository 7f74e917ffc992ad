import { cp, mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { LocalFileOffsetStore } from "../../../mod.ts";
import { boundariesOf, type Boundary, isSameCall } from "./boundary.ts";
import { Child, type Ending } from "../../lib/child.ts";
import { offsetOf, queuesOf } from "../soak/generation.ts";
import { MARKS, PROBE_QUEUES, probeName } from "./probe.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import { commandLine, environment, type Program } from "../../lib/programs.ts";
import { type FaultTrace, type Injection, type Trace, trace, traceFrom } from "./strace.ts";

/** Whether there is a store already, and whether it is persisted to by a record of a journal. */
export type Setting = "first persist" | "next persist" | "first record";

export type Fault = Injection["fault"];

/** How many generations there are before the next persist: main and a backup. */
const GENERATIONS = 3;

/** A second call of a step, of threads other than the main one, is met only if one makes both. */
const MAX_TRIES = 60;

const FILES = ["offset.json", "offset.json.bak", "offset.json.lock", "offset.json.journal"];
const STORE = { clientId: "c", group: "g" };

/** Finds the boundaries of one runtime and injects faults at them. */
export class Prober {
  readonly #runtime: Runtime;
  readonly #executable: string;
  readonly #program: Program;
  readonly #folder: string;
  readonly #setting: Setting;
  #template: string | undefined;

  constructor(
    runtime: Runtime,
    executable: string,
    program: Program,
    folder: string,
    setting: Setting,
  ) {
    this.#runtime = runtime;
    this.#executable = executable;
    this.#program = program;
    this.#folder = folder;
    this.#setting = setting;
  }

  /** Traces a load and a persist that nothing disturbs. */
  async findBoundaries(): Promise<Boundary[]> {
    const run = await this.#begin();
    const view = { paths: tracedPaths(run), log: `${run}.log` };
    const traced = await trace(this.#command(run), this.#folder, this.#environment(), view);
    if (traced.code !== 0) throw new Error(`Cannot trace ${this.#runtime}: ${traced.errors}`);
    await rm(run, { recursive: true });
    return boundariesOf(traced.calls);
  }

  /**
   * Injects a fault at a boundary, and checks what is left with a process of its own.
   *
   * The program waits before the step that the boundary is in, and only then strace begins to
   * count. It counts for each thread. Deno asks for a file's size in the main thread and in another
   * one, and a fault at the first call of each would meet whichever comes first. So for a call of the
   * main thread strace follows no other. For a call of another thread it follows all that there are
   * besides, and every other time all, since a thread may come later. Among the others, a runtime
   * chooses as it likes: a second call of a step may need several tries. A call that failed may fail
   * again in another thread; the first failure is the one that counts.
   *
   * @returns What came of it, in words; `undefined` if the boundary was never met.
   */
  async inject(boundary: Boundary, fault: Fault): Promise<string | undefined> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const run = await this.#begin();
      const others = attempt % 2 === 0 ? "all" : "others";
      const threads = boundary.thread === "main" ? "main" : others;
      const traced = await this.#trace(run, boundary, fault, threads);
      const isMet = isInjected(traced, boundary);
      const outcome = isMet ? await this.#judge(run, traced) : undefined;
      await rm(run, { recursive: true });
      if (outcome !== undefined) return outcome;
    }
  }

  async #trace(
    run: string,
    { step, call, targets, occurrence }: Boundary,
    fault: Fault,
    threads: "main" | "others" | "all",
  ): Promise<FaultTrace> {
    const command = [...this.#command(run), String(step)];
    const child = new Child(command, { cwd: this.#folder, env: this.#environment() });
    if (!await child.wrote("W")) {
      // Nobody must be attached to: the process id may be another's by now.
      const { code, errors } = await child.ended;
      throw new Error(`Cannot reach step ${step} of ${this.#runtime}: exit ${code}: ${errors}`);
    }
    // Fewer calls to tell apart.
    const view = { paths: tracedPaths(run), only: targets[0], threads, log: `${run}.log` };
    return await traceFrom(child, view, { call, fault, when: occurrence });
  }

  /** The result; it begins with `LOST` or `CRASHED` if it is a fault. */
  async #judge(run: string, { code, signal, lines, errors }: Trace): Promise<string> {
    const before = this.#setting === "first persist" ? 0 : GENERATIONS;
    const said = (verb: string) =>
      lines.filter((line) => line.startsWith(`${verb} `)).map((line) => line.split(" "));
    // That a close fails is beyond what Deno's own code for directories can bear.
    const isPanic = errors.includes("Deno has panicked");
    const killed = signal === "SIGKILL" || isPanic;
    if (!killed && code !== 0) return `CRASHED: ${errors.trim().split("\n").slice(0, 4).join(" ")}`;
    const acknowledged = Math.max(0, ...said("A").map(([, generation]) => Number(generation)));
    const [loaded] = said("L");
    const recovered = loaded?.[2] === "recovered";
    if (loaded !== undefined && !recovered && Number(loaded[1]) < before) return `LOST in the load`;
    const directory = join(run, "root", "c", "g");
    await age(directory);
    const after = await this.#runAgain(run);
    const [, generation, kind] = after.lines.find((line) => line.startsWith("L "))?.split(" ") ??
      [];
    if (after.code !== 0 || kind === undefined) {
      return `LOST: nothing loads any more: ${after.errors}`;
    }
    const found = Number(generation);
    // Of a main that the device has lost, the store went on with the backup, and said so.
    const floor = recovered ? acknowledged : Math.max(before, acknowledged);
    if (found < floor || found > before + 1) return `LOST: ${found} loaded, ${floor} acknowledged`;
    if (after.lines.at(-1) !== `A ${found + 1}`) return `LOST: it cannot be persisted to any more`;
    // Before the first main is there, nothing is removed.
    if ((await litterIn(directory)).length > 0) await this.#runAgain(run);
    const litter = await litterIn(directory);
    if (litter.length > 0) return `LITTER: ${litter.join(", ")}`;
    if (killed) {
      const cause = isPanic ? "Deno panics: " : "";
      return `${cause}${found === before ? "the old" : "the new"} one${suffix(kind)}`;
    }
    const noticed = [
      ...(recovered ? ["loaded the backup"] : []),
      ...new Set(said("E").map(([, name]) => name)),
      ...new Set(said("D").map(([, name]) => name).filter((name) => name !== "recovered")),
    ];
    return noticed.join(", ") || "no failure";
  }

  /** Loads, persists and closes, and nothing disturbs it. */
  async #runAgain(run: string): Promise<Ending> {
    return await new Child(this.#command(run), {
      cwd: this.#folder,
      env: environment(this.#program),
    }).ended;
  }

  async #begin(): Promise<string> {
    const run = await mkdtemp(join(this.#folder, "run-"));
    if (this.#setting !== "first persist") {
      this.#template ??= await this.#makeTemplate();
      await cp(this.#template, join(run, "root"), { recursive: true, preserveTimestamps: true });
    }
    return run;
  }

  async #makeTemplate(): Promise<string> {
    const root = join(this.#folder, "template");
    await mkdir(root, { recursive: true });
    // A journal extends only a snapshot with a number.
    const journal = this.#setting === "first record";
    const store = await LocalFileOffsetStore.open({ ...STORE, root, journal });
    for (let generation = 1; generation <= GENERATIONS; generation++) {
      queuesOf(PROBE_QUEUES).forEach((mq, i) => store.update(mq, offsetOf(generation, i), true));
      await store.persist();
    }
    await store.close();
    return root;
  }

  #command(run: string): [string, ...string[]] {
    return commandLine(this.#runtime, this.#executable, this.#program, [
      join(run, "root"),
      this.#setting === "first record" ? "journal" : "plain",
    ]);
  }

  /** One thread for the file system, where that can be chosen. */
  #environment(): NodeJS.ProcessEnv {
    return { ...environment(this.#program), UV_THREADPOOL_SIZE: "1" };
  }
}

async function litterIn(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.endsWith(".tmp") || name.endsWith(".lock"));
}

/** Lets the temporary files be so old that a persist removes them. */
async function age(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((name) => name.endsWith(".tmp"))) {
    await utimes(join(directory, name), 1e9, 1e9);
  }
}

/** The paths of a run, with the labels that tables show. */
function tracedPaths(run: string): Map<string, string> {
  const root = join(run, "root");
  const directory = join(root, "c", "g");
  const temporaries = [1, 2, 3].flatMap((number) =>
    [".tmp", ".bak.tmp"].map((end) => `offset.json.${probeName(number)}${end}`)
  );
  return new Map([
    [run, "above root"],
    [root, "root"],
    [join(root, "c"), "root/c"],
    [directory, "root/c/g"],
    ...[...FILES, ...temporaries].map((name) => [join(directory, name), name] as const),
    ...Object.values(MARKS).map((name) => [join(root, name), name] as const),
  ]);
}

/** Whether the fault came where it was to come. */
function isInjected({ calls, signal, main }: FaultTrace, boundary: Boundary): boolean {
  const index = signal === "SIGKILL"
    ? calls.length - 1
    : calls.findIndex(({ injected }) => injected);
  const alike = calls.slice(0, index + 1).map((call) => isSameCall(boundary, call, main));
  return alike.at(-1) === true && alike.filter((same) => same).length === boundary.occurrence;
}

function suffix(kind: string): string {
  return kind === "loaded" ? "" : `, ${kind}`;
}
