import type { FileSystem } from "../../src/file/file_system.ts";
import { accepts, type Expectation, nextGeneration } from "./generations.ts";
import { powerCuts } from "./power_cut.ts";
import type { SimulatedDisk } from "./simulated_disk.ts";
import { SimulatedFileSystem } from "./simulated_file_system.ts";
import { stateKey } from "./state_key.ts";
import type { Session, Writer } from "./writer.ts";

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
  /** Whether processes are killed too while a failed fsync has left the disk in doubt. */
  readonly killsInDoubt?: boolean;
  /** Stands between the writer and the simulated disk for good, to take a step away. */
  readonly wrap?: Wrap;
  /** The same, but only until the first crash: a fault that is over then. */
  readonly fault?: Wrap;
}

/** A moment at which a crash may come. */
interface Moment {
  readonly disk: SimulatedDisk;
  readonly expectation: Expectation;
  readonly calls: number;
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

/** A violated invariant; everything else that escapes the writer is one as well. */
class InvariantError extends Error {}

/** One run of a writer, of which every micro-operation is a moment to crash at. */
export class World {
  readonly fileSystem: FileSystem;
  readonly disk: SimulatedDisk;
  readonly moments: Moment[] = [];
  readonly calls: string[] = [];
  readonly #writer: Writer;
  #expectation: Expectation;

  constructor(scenario: Scenario, disk: SimulatedDisk, expectation: Expectation, wrap?: Wrap) {
    this.disk = disk;
    this.#writer = scenario.writer;
    this.#expectation = expectation;
    const simulated = new SimulatedFileSystem(disk, {
      splitRename: scenario.splitRename,
      beforeStep: (what) => {
        this.mark();
        this.calls.push(what);
      },
    });
    this.fileSystem = wrap?.(simulated) ?? simulated;
  }

  get expectation(): Expectation {
    return this.#expectation;
  }

  /** A crash may come now. */
  mark(): void {
    this.moments.push({
      disk: this.disk.clone(),
      expectation: this.#expectation,
      calls: this.calls.length,
    });
  }

  /** Loads, and checks what was loaded; from now on it must not be lost. */
  async open(): Promise<Session> {
    this.calls.push(`-- ${this.#writer.name} loads`);
    const session = await this.#writer.open(this.fileSystem);
    const { generation, outcome } = session;
    this.calls.push(`-- loaded generation ${generation ?? "mixed"} (${outcome})`);
    if (generation === undefined) throw new InvariantError("it loaded a mix of generations");
    if (!accepts(this.#expectation, generation)) {
      const { floor, flying } = this.#expectation;
      const begun = flying.length > 0 ? `, ${flying.join()} begun` : "";
      throw new InvariantError(
        `it loaded generation ${generation}, though ${floor} was acknowledged or seen${begun}`,
      );
    }
    // What an earlier process was told is in doubt, no later one can know: its fsync succeeds
    // without it. So that it is seen does not make it sure; but nothing that was sure may be lost.
    if (!this.disk.isInDoubt) this.#expectation = { floor: generation, flying: [] };
    this.mark();
    return session;
  }

  /** Reads from the store, and must not lose what it found. */
  async readStore(session: Session, written: number): Promise<void> {
    const { floor, flying } = this.#expectation;
    const found = await session.readStore!();
    this.calls.push(`-- a read from the store finds generation ${found}`);
    if (!accepts({ floor, flying: [...flying, written] }, found)) {
      throw new InvariantError(`a read from the store found generation ${found}`);
    }
    this.#expectation = { floor: found, flying: [] };
    this.mark();
  }

  /** Two writers persist, the second some turns behind; which of them wins is not for this test. */
  async persistTogether(a: Session, b: Session, lag: number): Promise<void> {
    const n = nextGeneration(this.#expectation);
    const { floor, flying } = this.#expectation;
    this.#expectation = { floor, flying: [...flying, n, n + 1] };
    this.calls.push(`-- persists of generations ${n} and ${n + 1} begin`);
    const first = a.persist(n);
    // Each `await` of the first is a turn: finer than its calls, between which there are several.
    for (let turn = 0; turn < lag; turn++) await Promise.resolve();
    await Promise.allSettled([first, b.persist(n + 1)]);
    this.mark();
  }

  /** Persists the next generation; `mayFail` tells whether a rejection is no violation. */
  async persist(session: Session, mayFail = false): Promise<number> {
    const n = nextGeneration(this.#expectation);
    const { floor, flying } = this.#expectation;
    this.#expectation = { floor, flying: [...flying, n] };
    this.calls.push(`-- persist of generation ${n} begins`);
    try {
      await session.persist(n);
    } catch (error) {
      if (!mayFail) throw error;
      this.calls.push(`-- persist of generation ${n} fails: ${(error as Error).message}`);
      this.mark();
      return n;
    }
    this.calls.push(`-- persist of generation ${n} is acknowledged`);
    this.#expectation = { floor: n, flying: [] };
    this.mark();
    return n;
  }
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
  readonly past: () => string[];
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

  /** Runs the work and answers the moments of it, none if it violated an invariant. */
  async function run(
    { disk, expectation, past }: State,
    work: (world: World) => Promise<void>,
    wrap: Wrap | undefined,
  ): Promise<World | undefined> {
    const world = new World(scenario, disk, expectation, wrap);
    try {
      await work(world);
      world.mark();
      return world;
    } catch (error) {
      exploration.violations++;
      exploration.first ??= { what: (error as Error).message, story: [...past(), ...world.calls] };
      return undefined;
    }
  }

  function* crashes({ moments, calls }: World, past: () => string[]): Generator<State> {
    for (const { disk, expectation, calls: count } of moments) {
      // The same moment leads to the same states.
      const { floor, flying } = expectation;
      if (!isFirst(seen, `moment ${stateKey(disk, `${floor};${flying}`)}`)) continue;
      const before = () => [...past(), ...calls.slice(0, count)];
      const cuts = scenario.powerCuts === false ? [] : powerCuts(disk);
      for (const { disk, story } of cuts) {
        const after = () => [...before(), "-- the power is cut", ...story()];
        yield { disk, expectation, past: after };
      }
      if (disk.isInDoubt && scenario.killsInDoubt === false) continue;
      yield { disk, expectation, past: () => [...before(), "-- the process is killed"] };
    }
  }

  function isNew({ disk, expectation: { floor, flying } }: State): boolean {
    return isFirst(seen, stateKey(disk, `${floor};${flying}`));
  }

  const start = {
    disk: await scenario.disk(),
    expectation: scenario.start,
    past: (): string[] => [],
  };
  const first = await run(start, scenario.work, scenario.fault ?? scenario.wrap);
  let level = first === undefined ? [] : [{ world: first, past: start.past }];
  for (let depth = 1; depth <= scenario.depth; depth++) {
    const next: typeof level = [];
    for (const { world, past } of level) {
      for (const state of crashes(world, past)) {
        if (exploration.states >= maxStates) return exploration;
        if (!isNew(state)) continue;
        exploration.states++;
        if (exploration.states % 1000 === 0) await onProgress?.(exploration);
        const recovered = await run(state, recover, scenario.wrap);
        if (recovered !== undefined && depth < scenario.depth) {
          next.push({ world: recovered, past: state.past });
        }
      }
    }
    level = next;
  }
  return exploration;
}
