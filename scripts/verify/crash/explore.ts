import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import type { Expectation } from "./generations.ts";
import { powerCuts } from "../disk/power_cuts.ts";
import type { SimulatedDisk } from "../disk/simulated_disk.ts";
import type { SimulatedFileSystem } from "../disk/simulated_file_system.ts";
import { stateKey } from "../disk/state_key.ts";
import { World } from "./world.ts";
import type { Writer } from "./writer.ts";

export type Wrap = (fileSystem: SimulatedFileSystem) => FileSystem;

/** What is explored: a writer at work, and every way to crash it. */
export interface Scenario {
  readonly name: string;
  readonly writer: Writer;
  readonly disk: () => Promise<SimulatedDisk>;
  readonly start: Expectation;
  readonly work: (world: World) => Promise<void>;
  readonly splitRename: boolean;
  /** How many crashes follow one another, each during the recovery from the one before. */
  readonly depth: number;
  /** Whether the power may go too, or only processes die. */
  readonly powerCuts?: boolean;
  /** Stands between the writer and the simulated disk for good, to take a step away. */
  readonly wrap?: Wrap;
  /** The same, but only until the first crash: a fault that is over then. */
  readonly fault?: Wrap;
}

export interface Violation {
  readonly what: string;
  readonly story: readonly string[];
}

export interface Exploration {
  /** Distinct states, each recovered from. */
  states: number;
  violations: number;
  first: Violation | undefined;
}

export interface ExploreOptions {
  /** The states that other explorations with the same writer have recovered from already. */
  readonly seen?: Set<string>;
  readonly maxStates?: number;
  readonly onProgress?: (exploration: Exploration) => void | Promise<void>;
}

/** What everybody does after a crash: load, load again, persist, load. */
async function recover(world: World): Promise<void> {
  const session = await world.open();
  await world.open();
  await world.persist(session);
  await world.open();
}

function isFirst(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

/** A disk after one more crash, to be recovered from. */
interface State {
  readonly disk: SimulatedDisk;
  readonly expectation: Expectation;
  readonly key: string;
  readonly past: () => string[];
}

/** What is done on the disk of a state. */
interface Run {
  readonly state: Omit<State, "key">;
  readonly work: (world: World) => Promise<void>;
  readonly wrap: Wrap | undefined;
}

/**
 * Crashes the scenario in every way, and every recovery in every way, to the scenario's depth.
 *
 * Level by level, so that a state is recovered from with the fewest crashes behind it, and all the
 * crashes before it that are still to be had.
 */
export async function explore(
  scenario: Scenario,
  { maxStates = Infinity, onProgress, seen = new Set() }: ExploreOptions = {},
): Promise<Exploration> {
  const exploration: Exploration = { states: 0, violations: 0, first: undefined };

  /** Answers what came of it, nothing if it violated an invariant. */
  async function perform(
    { state, work, wrap }: Run,
    isCrashed: boolean,
  ): Promise<World | undefined> {
    const world = new World(scenario, state, { isCrashed, wrap });
    try {
      await work(world);
      world.mark();
      return world;
    } catch (error) {
      exploration.violations++;
      exploration.first ??= {
        what: (error as Error).message,
        story: [...state.past(), ...world.calls],
      };
      return undefined;
    }
  }

  function* crashes({ moments, calls }: World, past: () => string[]): Generator<State> {
    for (const { disk, expectation, calls: count } of moments) {
      const keyOf = (disk: SimulatedDisk) =>
        stateKey(disk, `${expectation.floor};${expectation.flying}`);
      // The same moment leads to the same states.
      const key = keyOf(disk);
      if (!isFirst(seen, `moment ${key}`)) continue;
      const before = () => [...past(), ...calls.slice(0, count)];
      const cuts = scenario.powerCuts === false ? [] : powerCuts(disk);
      for (const { disk, story } of cuts) {
        const after = () => [...before(), "-- the power is cut", ...story()];
        yield { disk, expectation, key: keyOf(disk), past: after };
      }
      yield { disk, expectation, key, past: () => [...before(), "-- the process is killed"] };
    }
  }

  const start = { disk: await scenario.disk(), expectation: scenario.start, past: () => [] };
  const wrap = scenario.fault ?? scenario.wrap;
  let level: Run[] = [{ state: start, work: scenario.work, wrap }];
  for (let depth = 1; depth <= scenario.depth; depth++) {
    const next: Run[] = [];
    for (const run of scattered(level)) {
      if (exploration.states >= maxStates) return exploration;
      // Once more: to keep the moments of all that may be crashed takes too much memory.
      const world = await perform(run, true);
      if (world === undefined) continue;
      for (const state of crashes(world, run.state.past)) {
        if (exploration.states >= maxStates) return exploration;
        if (!isFirst(seen, state.key)) continue;
        exploration.states++;
        if (exploration.states % 1000 === 0) await onProgress?.(exploration);
        const recovery = { state, work: recover, wrap: scenario.wrap };
        const recovered = await perform(recovery, false);
        if (recovered !== undefined && depth < scenario.depth) next.push(recovery);
      }
    }
    level = next;
  }
  return exploration;
}

const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

/** All of them, in an order of which every beginning is spread over the list: for a limit. */
function scattered<T>(list: readonly T[]): T[] {
  const placed = list.map((each, i) => ({ each, place: i * GOLDEN_RATIO % 1 }));
  return placed.sort((a, b) => a.place - b.place).map(({ each }) => each);
}
