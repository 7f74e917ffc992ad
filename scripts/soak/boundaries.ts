import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LocalFileOffsetStore } from "../../mod.ts";
import { Child } from "./child.ts";
import { offsetOf, queuesOf } from "./generation.ts";
import { MARKS, PROBE_QUEUES, probeName } from "./probe.ts";
import { commandLine, environment, type Program, type Runtime } from "./programs.ts";
import { type Injection, type Trace, trace, type TracedCall } from "./strace.ts";

/** A system call of a load, a persist or a close, before which the world may end. */
export interface Boundary {
  readonly phase: "load" | keyof typeof MARKS;
  readonly call: string;
  readonly targets: readonly string[];
  /** Which of those with the same call and targets it is, from 1. */
  readonly occurrence: number;
  /** Which of those with the same call and first target it was in its thread when it was found. */
  readonly inThread: number;
  /** And which in all threads. */
  readonly inAll: number;
}

/** Whether there is a store already. */
export type Setting = "first persist" | "next persist";

export type Fault = Injection["fault"];

/** What came of a fault at a boundary, in words. */
export type Outcomes = Map<Boundary, Map<Fault, string>>;

/** The boundaries of a runtime, and what came of them so far. */
export interface Findings {
  readonly boundaries: readonly Boundary[];
  readonly outcomes: Outcomes;
}

/** How many generations there are before the next persist: main and a backup. */
const GENERATIONS = 3;

/** With three threads a boundary is met in every third try or so. */
const MAX_TRIES = 60;

const FILES = ["offset.json", "offset.json.bak", "offset.json.lock"];
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
    const { calls, code, errors } = await this.#trace(run, undefined);
    if (code !== 0) throw new Error(`Cannot trace ${this.#runtime}: ${errors}`);
    await rm(run, { recursive: true });
    let phase: Boundary["phase"] = "load";
    const boundaries: Boundary[] = [];
    calls.forEach((traced, index) => {
      const { name: call, targets, thread } = traced;
      const mark = Object.entries(MARKS).find(([, name]) => targets.includes(name));
      if (mark !== undefined) {
        phase = mark[0] as keyof typeof MARKS;
        return;
      }
      const before = calls.slice(0, index + 1);
      const alike = before.filter((each) =>
        each.name === call && each.targets.includes(targets[0])
      );
      boundaries.push({
        phase,
        call,
        targets,
        occurrence: before.filter((each) => keyOf(each) === keyOf(traced)).length,
        inThread: alike.filter((each) => each.thread === thread).length,
        inAll: alike.length,
      });
    });
    return boundaries;
  }

  /**
   * Injects a fault at a boundary, and checks what is left with a process of its own.
   *
   * strace counts calls for each thread, and a runtime gives them to its threads as it likes: a
   * run tells afterwards at which boundary its fault came, and counts for that one. A call that
   * failed may fail again in another thread; the first failure is the one that counts. Whatever
   * boundary is met is noted in `into`; one that is never met is missing there.
   */
  async inject(
    boundary: Boundary,
    fault: Fault,
    into: Findings,
  ): Promise<void> {
    const { call, targets, inThread, inAll } = boundary;
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      if (into.outcomes.get(boundary)?.get(fault) !== undefined) return;
      // First where it was found, then wherever it may be.
      const when = attempt === 0 ? inThread : 1 + (attempt - 1) % inAll;
      await this.#try({ call, fault, when }, targets[0], into);
    }
  }

  async #try(
    injection: Injection,
    target: string,
    { boundaries, outcomes: into }: Findings,
  ): Promise<void> {
    const run = await this.#begin();
    const traced = await this.#trace(run, injection, target);
    const index = traced.killed
      ? traced.calls.length - 1
      : traced.calls.findIndex(({ injected }) => injected);
    const hit = traced.calls[index];
    if (hit?.name === injection.call) {
      const alike = traced.calls.slice(0, index + 1).filter((call) => keyOf(call) === keyOf(hit));
      const boundary = boundaries.find((each) =>
        keyOf({ ...each, name: each.call }) === keyOf(hit) && each.occurrence === alike.length
      );
      // After a failure in another thread there may be calls that an undisturbed run has not.
      if (boundary !== undefined && into.get(boundary)?.get(injection.fault) === undefined) {
        const outcomes = into.get(boundary) ?? new Map<Fault, string>();
        into.set(boundary, outcomes.set(injection.fault, await this.#judge(run, traced)));
      }
    }
    await rm(run, { recursive: true });
  }

  /** What came of it; it begins with `LOST` or `CRASHED` if that must not be. */
  async #judge(run: string, { killed, code, output, errors }: Trace): Promise<string> {
    const before = this.#setting === "first persist" ? 0 : GENERATIONS;
    const lines = output.split("\n");
    const said = (verb: string) =>
      lines.filter((line) => line.startsWith(`${verb} `)).map((line) => line.split(" "));
    if (!killed && code !== 0) return `CRASHED: ${errors.trim().split("\n").slice(0, 4).join(" ")}`;
    const acknowledged = Math.max(0, ...said("A").map(([, generation]) => Number(generation)));
    const [loaded] = said("L");
    const recovered = loaded?.[2] === "recovered";
    if (loaded !== undefined && !recovered && Number(loaded[1]) < before) return `LOST in the load`;
    const command = this.#command(run);
    const child = new Child(command, this.#folder, environment(this.#program));
    const after = await child.ended;
    const [, generation, kind] = after.lines.find((line) => line.startsWith("L "))?.split(" ") ??
      [];
    if (after.code !== 0 || kind === undefined) {
      return `LOST: nothing loads any more: ${after.errors}`;
    }
    const found = Number(generation);
    const floor = Math.max(before, acknowledged);
    if (found < floor || found > before + 1) return `LOST: ${found} loaded, ${floor} acknowledged`;
    if (after.lines.at(-1) !== `A ${found + 1}`) return `LOST: it cannot be persisted to any more`;
    const names = await readdir(join(run, "root", "c", "g"));
    const litter = names.filter((name) => name.endsWith(".tmp") || name.endsWith(".lock"));
    if (litter.length > 0) return `LITTER: ${litter.join(", ")}`;
    if (killed) return `${found === before ? "the old" : "the new"} one${suffix(kind)}`;
    const noticed = [
      ...(recovered ? ["loaded the backup"] : []),
      ...new Set(said("E").map(([, name]) => name)),
      ...new Set(said("D").map(([, name]) => name).filter((name) => name !== "recovered")),
    ];
    return noticed.join(", ") || "no failure";
  }

  async #begin(): Promise<string> {
    const run = await mkdtemp(join(this.#folder, "run-"));
    if (this.#setting === "next persist") {
      this.#template ??= await this.#makeTemplate();
      await cp(this.#template, join(run, "root"), { recursive: true, preserveTimestamps: true });
    }
    return run;
  }

  async #makeTemplate(): Promise<string> {
    const root = join(this.#folder, "template");
    await mkdir(root, { recursive: true });
    const store = await LocalFileOffsetStore.open({ ...STORE, root });
    for (let generation = 1; generation <= GENERATIONS; generation++) {
      queuesOf(PROBE_QUEUES).forEach((mq, i) => store.update(mq, offsetOf(generation, i), true));
      await store.persist();
    }
    await store.close();
    return root;
  }

  #command(run: string): [string, ...string[]] {
    return commandLine(this.#runtime, this.#executable, this.#program, [join(run, "root")]);
  }

  #trace(run: string, injection: Injection | undefined, target?: string): Promise<Trace> {
    return trace(this.#command(run), {
      cwd: this.#folder,
      // One thread for the file system, where that can be chosen.
      env: { ...environment(this.#program), UV_THREADPOOL_SIZE: "1" },
      paths: tracedPaths(run),
      // Fewer calls to tell apart.
      only: target,
      log: `${run}.log`,
      injection,
    });
  }
}

/** The paths of a run, with the labels that tables show. */
function tracedPaths(run: string): Map<string, string> {
  const root = join(run, "root");
  const directory = join(root, "c", "g");
  const temporaries = [1, 2, 3].map((number) => `offset.json.${probeName(number)}.tmp`);
  return new Map([
    [run, "above root"],
    [root, "root"],
    [join(root, "c"), "root/c"],
    [directory, "root/c/g"],
    ...[...FILES, ...temporaries].map((name) => [join(directory, name), name] as const),
    ...Object.values(MARKS).map((name) => [join(root, name), name] as const),
  ]);
}

function keyOf({ name, targets }: Pick<TracedCall, "name" | "targets">): string {
  return [name, ...targets].join(" ");
}

function suffix(kind: string): string {
  return kind === "loaded" ? "" : `, ${kind}`;
}
