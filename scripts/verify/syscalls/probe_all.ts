import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Fault, Prober, type Setting } from "./boundaries.ts";
import type { Boundary } from "./boundary.ts";
import { findExecutable, type Runtime } from "../../lib/runtimes.ts";
import { prepare } from "../../lib/programs.ts";

/** The boundaries of a runtime in a setting, and what came of each fault at each. */
export interface Probe {
  readonly runtime: Runtime;
  readonly setting: Setting;
  readonly boundaries: readonly Boundary[];
  /** In words. */
  readonly outcomes: Map<Boundary, Map<Fault, string>>;
}

export const SETTINGS: readonly Setting[] = ["next persist", "first persist", "first record"];
export const FAULTS: readonly Fault[] = ["signal=KILL", "error=EIO"];

const PROBE = new URL("probe.ts", import.meta.url);

/** The subjects of the probe. */
export interface ProbeOptions {
  readonly folder: string;
  readonly runtimes: readonly Runtime[];
  readonly settings: readonly Setting[];
  /** Which boundaries; all by default. */
  readonly only?: (boundary: Boundary) => boolean;
  /** Is told how many faults of how many have been injected. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Injects each fault at each boundary; the runtimes take turns. */
export async function probeAll(options: ProbeOptions): Promise<Probe[]> {
  const { runtimes, settings, only = () => true, onProgress = () => {} } = options;
  const folder = resolve(options.folder);
  const program = await prepare(PROBE, folder);
  const probes: Probe[] = [];
  const jobs: { probe: Probe; prober: Prober }[] = [];
  for (const runtime of runtimes) {
    const executable = await findExecutable(runtime);
    for (const setting of settings) {
      const home = join(folder, `${runtime}-${setting.replace(" ", "-")}`);
      await mkdir(home);
      const prober = new Prober(runtime, executable, program, home, setting);
      const boundaries = (await prober.findBoundaries()).filter(only);
      const probe = { runtime, setting, boundaries, outcomes: new Map() };
      probes.push(probe);
      jobs.push({ probe, prober });
    }
  }
  const all = FAULTS.length * probes.reduce((sum, { boundaries }) => sum + boundaries.length, 0);
  let done = 0;
  for (const { probe, prober } of jobs) {
    for (const boundary of probe.boundaries) {
      const outcomes = new Map<Fault, string>();
      probe.outcomes.set(boundary, outcomes);
      for (const fault of FAULTS) {
        const outcome = await prober.inject(boundary, fault);
        if (outcome !== undefined) outcomes.set(fault, outcome);
        onProgress(++done, all);
      }
    }
  }
  return probes;
}

/** The faults that were never injected, or that had an outcome that must not be, in words. */
export function failuresOf(probes: readonly Probe[]): string[] {
  return probes.flatMap(({ runtime, setting, boundaries, outcomes }) =>
    boundaries.flatMap((boundary) =>
      FAULTS.flatMap((fault) => {
        const outcome = outcomes.get(boundary)?.get(fault) ?? "NOT INJECTED";
        if (!/^[A-Z]{2}/.test(outcome)) return [];
        const { phase, step, call, targets, thread, occurrence } = boundary;
        const which = `step ${step}, ${thread} thread, ${occurrence}`;
        const place = `${call} ${targets.join(" -> ")} (${which})`;
        return [`${runtime}, ${setting}, ${phase}: ${fault} at ${place}: ${outcome}`];
      })
    )
  );
}
