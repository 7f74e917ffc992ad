/**
 * Records one writer on one file system, and checks images of it: a program of its own, so that the
 * content of its disk is gone when it ends.
 *
 *     job.ts '{"fileSystem":"xfs","writer":"journal",…}'
 *
 * It prints `I` after each image, and at the end `R` with the result.
 */
import { readFileSync, writeSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { Random } from "../../lib/random.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import { Checker, type Fault, type Found } from "./check.ts";
import { type CrashState, crashStates } from "./crash_states.ts";
import { DiskContent } from "./disk_content.ts";
import { fileSystemOf } from "./file_systems.ts";
import { Promises } from "./promises.ts";
import { record, type Recording, type RecordOptions } from "./record.ts";
import { Shell } from "./shell.ts";
import { writerOf } from "./writers.ts";

/** A recording, and the images to check. */
export interface Job {
  readonly fileSystem: string;
  readonly writer: string;
  readonly runtime: Runtime;
  readonly seed: string;
  /** How many images are checked. */
  readonly images: number;
  /** The size of the pieces that are written whole or not at all. */
  readonly unit: number;
  /** Whether the first fault is enough. */
  readonly mustLose: boolean;
}

/** The result of a job. */
export interface JobResult {
  readonly images: number;
  /** How many different images the recording allows, of those that were enumerated. */
  readonly states: number;
  readonly faults: Partial<Record<Fault, number>>;
  /** The outcomes that `open` reported, with their numbers. */
  readonly loads: Record<string, number>;
  /** The first fault of each kind. */
  readonly stories: { readonly fault: Fault; readonly lines: readonly string[] }[];
}

/** How many power cuts are followed by a second one. */
const FIRST_CUTS = 4;
const GENERATIONS = 30;
const SUBSETS = 6;
/** A recording of a writer that must lose may allow no loss: the kernel may have written in time. */
const SABOTAGED_RECORDINGS = 4;
/** Ext4 takes its superblock for written whole. */
const SUPERBLOCK = { begin: 1024, end: 2048 };

/** How a job is carried out. */
export interface JobOptions {
  readonly job: Job;
  /** An empty directory in memory. */
  readonly folder: string;
  /** Where the images of losses are kept. */
  readonly evidence: string;
  readonly executables: Readonly<Record<Runtime, string>>;
}

class JobRun {
  readonly #job: Job;
  readonly #options: Omit<RecordOptions, "folder" | "generations">;
  readonly #folder: string;
  readonly #evidence: string | undefined;
  readonly #random: Random;
  readonly #result: JobResult & { images: number; states: number } = {
    images: 0,
    states: 0,
    faults: {},
    loads: {},
    stories: [],
  };

  constructor({ job, folder, evidence, executables }: JobOptions) {
    this.#job = job;
    // That a sabotaged writer loses is no news.
    this.#evidence = job.mustLose ? undefined : join(evidence, job.seed);
    this.#folder = folder;
    this.#random = new Random(job.seed);
    this.#options = {
      kind: fileSystemOf(job.fileSystem),
      writer: writerOf(job.writer),
      runtime: job.runtime,
      executables,
      random: this.#random,
      shell: new Shell(),
    };
  }

  async run(): Promise<JobResult> {
    const { mustLose, images } = this.#job;
    const recordings = mustLose ? SABOTAGED_RECORDINGS : 1;
    for (let n = 0; n < recordings && !this.#isDone; n++) {
      await this.#runOnce(`first-${n}`, Math.ceil(images / recordings));
    }
    await this.#options.shell.close();
    return this.#result;
  }

  async #runOnce(name: string, images: number): Promise<void> {
    const folder = await this.#newFolder(name);
    const recording = await record({ ...this.#options, folder, generations: GENERATIONS });
    if (this.#options.writer.isCutTwice) await this.#cutTwice(recording, folder);
    else await this.#check(recording, folder, images);
    await rm(folder, { recursive: true });
  }

  /** Of a writer that must lose, one fault is enough. */
  get #isDone(): boolean {
    return this.#job.mustLose && Object.keys(this.#result.faults).length > 0;
  }

  /** Cuts the power, lets the next process recover, and cuts the power again. */
  async #cutTwice(first: Recording, folder: string): Promise<void> {
    const checker = this.#checker(first, folder);
    const promises = new Promises(first.promises);
    const states = this.#statesOf(first);
    for (const [i, state] of pick(states, FIRST_CUTS, this.#random).entries()) {
      const second = await this.#newFolder(`second-${i}`);
      const image = join(second, "image");
      checker.build(state, image);
      const allowed = promises.allowedAt(state.cuts[0].end);
      const recording = await record({
        ...this.#options,
        folder: second,
        generations: 3,
        after: { image, promises: promises.restartedWith(allowed) },
      });
      await this.#check(recording, second, Math.ceil(this.#job.images / FIRST_CUTS));
      await rm(second, { recursive: true });
    }
  }

  async #check(recording: Recording, folder: string, images: number): Promise<void> {
    if (recording.notKept !== undefined) {
      this.#count({ fault: "lost", label: "while it wrote", story: [recording.notKept] });
      return;
    }
    const states = this.#statesOf(recording);
    this.#result.states += states.length;
    const checker = this.#checker(recording, folder);
    for (const state of pick(states, images, this.#random)) {
      this.#count(await checker.check(state));
      writeSync(1, "I\n");
      if (this.#isDone) return;
    }
  }

  #statesOf({ image, events, from, promises }: Recording): CrashState[] {
    const { kind } = this.#options;
    const known = new Promises(promises);
    return crashStates(new DiskContent(readFileSync(image)), events, {
      from,
      unit: this.#job.unit,
      subsets: SUBSETS,
      whole: kind.family === "ext4" ? SUPERBLOCK : undefined,
      promisesAt: (end) => known.countAt(end),
    }, this.#random);
  }

  #checker(recording: Recording, folder: string): Checker {
    return new Checker(recording, { ...this.#options, folder, evidence: this.#evidence });
  }

  #count({ fault, label, story }: Found): void {
    const { faults, loads, stories } = this.#result;
    this.#result.images++;
    loads[label] = (loads[label] ?? 0) + 1;
    if (fault === undefined) return;
    faults[fault] = (faults[fault] ?? 0) + 1;
    if (faults[fault] === 1) stories.push({ fault, lines: story });
  }

  async #newFolder(name: string): Promise<string> {
    const folder = join(this.#folder, name);
    await mkdir(folder, { recursive: true });
    return folder;
  }
}

/** Some of the states, in their order. */
function pick(states: readonly CrashState[], count: number, random: Random): CrashState[] {
  let [left, wanted] = [states.length, Math.min(count, states.length)];
  return states.filter(() => {
    const isPicked = random.below(left--) < wanted;
    if (isPicked) wanted--;
    return isPicked;
  });
}

if (import.meta.main) {
  const result = await new JobRun(JSON.parse(process.argv[2])).run();
  writeSync(1, `R${JSON.stringify(result)}\n`);
}
