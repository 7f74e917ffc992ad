import { Random } from "../../lib/random.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import { type Family, FILE_SYSTEMS, NO_BARRIER } from "./file_systems.ts";
import type { Job } from "./job.ts";
import { SABOTAGED, type Writer, WRITERS } from "./writers.ts";

/** The plan of a run. */
export interface PlanOptions {
  readonly families: readonly Family[];
  readonly runtimes: readonly Runtime[];
  readonly images: number;
  readonly seed: string;
  readonly unit: number;
}

/** To record takes as long as to check dozens of images; and most recordings allow some hundreds. */
const IMAGES_A_RECORDING = { least: 40, most: 250 };
/** A run of fewer images tries each sabotage on one family of file systems only. */
const SMALL = 5000;
/** So many images of a sabotaged writer are checked, if none of them shows a loss. */
const SABOTAGE_IMAGES = 600;

/** The jobs of a run, the same for the same options: first those that must lose, then the others. */
export function planJobs(options: PlanOptions): Job[] {
  return [...sabotageJobs(options), ...storeJobs(options)];
}

/** All writers in turn, each time on another file system, as often as there are images for it. */
function storeJobs({ families, runtimes, images, seed, unit }: PlanOptions): Job[] {
  const kinds = FILE_SYSTEMS.filter(({ family }) => families.includes(family));
  const all = kinds.length * WRITERS.length;
  const { least, most } = IMAGES_A_RECORDING;
  const each = Math.min(most, Math.max(least, Math.ceil(images / all)));
  const random = new Random(`${seed} runtimes`);
  return Array.from({ length: Math.ceil(images / each) }, (_, i): Job => ({
    // Shifted by one after each round of the writers, so that all pairs meet.
    fileSystem: kinds[(i % WRITERS.length + Math.floor(i / WRITERS.length)) % kinds.length].name,
    writer: WRITERS[i % WRITERS.length].name,
    runtime: random.pick(runtimes),
    seed: `${seed}-${i}`,
    images: each,
    unit,
    mustLose: false,
  }));
}

/** Every sabotage on each family of file systems that does not forgive it, or on one of them. */
function sabotageJobs({ families, runtimes, images, seed, unit }: PlanOptions): Job[] {
  const random = new Random(`${seed} sabotages`);
  const job = (fileSystem: string, writer: Writer): Job => ({
    fileSystem,
    writer: writer.name,
    runtime: random.pick(runtimes),
    seed: `${seed}-${writer.name}-${fileSystem}`,
    images: SABOTAGE_IMAGES,
    unit,
    mustLose: true,
  });
  const jobs = SABOTAGED.flatMap((writer) => {
    const strict = families.filter((family) => !writer.isForgivenBy?.includes(family));
    const chosen = images < SMALL && strict.length > 0 ? [random.pick(strict)] : strict;
    return chosen.map((family) => job(family, writer));
  });
  return families.includes("ext4") ? [...jobs, job(NO_BARRIER.name, WRITERS[0])] : jobs;
}
