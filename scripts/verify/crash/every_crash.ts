import { powerCuts } from "../disk/power_cuts.ts";
import type { SimulatedDisk } from "../disk/simulated_disk.ts";
import { stateKey } from "../disk/state_key.ts";

/** A moment of a run at which the crash may come, and what is expected after it. */
export interface Moment<E> {
  readonly disk: SimulatedDisk;
  readonly expectation: E;
  /** How many of the run's calls were made by then. */
  readonly calls: number;
}

/** One run of whatever is crashed. */
export interface Run<E> {
  readonly moments: readonly Moment<E>[];
  /** The events so far, for the story of a violation. */
  readonly calls: readonly string[];
  /** A crash may come now. */
  mark(): void;
}

/** A disk to begin on, and what is expected of it. */
export interface Beginning<E> {
  readonly disk: SimulatedDisk;
  readonly expectation: E;
}

/** The work to crash: some work, the recovery from each crash of it, and each crash of that. */
export interface Subject<E, R extends Run<E> = Run<E>> {
  /** How many crashes follow one another, each during the recovery from the one before. */
  readonly depth: number;
  begin(): Promise<Beginning<E>>;
  /** Sets a run up. It must keep its moments only if it will be crashed: most never are. */
  run(beginning: Beginning<E>, isFirst: boolean, isCrashed: boolean): R;
  /** The work of the first run; what it throws is a violation. */
  work(run: R): Promise<void>;
  /** The work of each process after so many crashes; an error that it throws is a violation. */
  recover(run: R, crashes: number): Promise<void>;
  /** Equal for expectations of the same. */
  keyOf(expectation: E): string;
  /** How many outcomes of a power cut are explored at most; 0 if only processes die. */
  powerCuts(expectation: E): number;
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

/** The states that explorations have met already, by their keys. */
export interface Met {
  /** Adds a state, or a moment at which a crash may come; answers whether it is new. */
  add(kind: "state" | "moment", key: string): boolean;
}

/** The states that the explorations of one thread have met. */
export class MetHere implements Met {
  readonly states = new Set<string>();
  readonly #moments = new Set<string>();

  add(kind: "state" | "moment", key: string): boolean {
    const keys = kind === "state" ? this.states : this.#moments;
    const { size } = keys;
    return keys.add(key).size > size;
  }
}

export interface ExploreOptions<E = unknown> {
  /** States that other explorations have met, and that need not be explored again. */
  readonly met?: Met;
  /** No more second crashes, and later ones, once there are so many states. */
  readonly maxStates?: number;
  /** A crash comes at one moment out of so many; 1 by default, and never with `Infinity`. */
  readonly oneOutOf?: number;
  readonly maxViolations?: number;
  readonly onViolation?: (violation: Violation) => void;
  /** Is called for each state, before it is recovered from. */
  readonly onState?: (expectation: E) => void;
  readonly onProgress?: (exploration: Exploration) => void | Promise<void>;
}

/** A disk after one more crash, to be recovered from. */
interface State<E> extends Beginning<E> {
  readonly key: string;
  readonly past: () => string[];
}

/**
 * Crashes the work in every way, and every recovery in every way, to the subject's depth.
 *
 * Level by level, so that a state is recovered from with the fewest crashes behind it, and all the
 * crashes before it that are still to be had.
 */
export async function everyCrash<E, R extends Run<E>>(
  subject: Subject<E, R>,
  options: ExploreOptions<E> = {},
): Promise<Exploration> {
  const { maxStates = Infinity, maxViolations = Infinity, oneOutOf = 1 } = options;
  const { met = new MetHere() } = options;
  const exploration: Exploration = { states: 0, violations: 0, first: undefined };
  // The first crashes have no such limit: the last of them lie behind all that the work does.
  const isEnough = (depth: number) =>
    (depth > 1 && exploration.states >= maxStates) || exploration.violations >= maxViolations;

  /** Answers what came of it, nothing if it violated an invariant. */
  async function perform(state: State<E>, crashes: number, isCrashed: boolean) {
    const isFirst = crashes === 0;
    const run = subject.run(state, isFirst, isCrashed);
    try {
      await (isFirst ? subject.work(run) : subject.recover(run, crashes));
      run.mark();
      return run;
    } catch (error) {
      exploration.violations++;
      const what = (error as Error).message;
      const violation = { what, story: [...state.past(), ...run.calls] };
      exploration.first ??= violation;
      options.onViolation?.(violation);
      // The states before it are crashed all the same.
      return isFirst ? run : undefined;
    }
  }

  let seen = 0;
  function* crashes({ moments, calls }: R, past: () => string[]): Generator<State<E>> {
    for (const { disk, expectation, calls: count } of moments) {
      if (++seen % oneOutOf !== 0) continue;
      const keyOf = (disk: SimulatedDisk) => stateKey(disk, subject.keyOf(expectation));
      // The same moment leads to the same states.
      const key = keyOf(disk);
      if (!met.add("moment", key)) continue;
      const before = () => [...past(), ...calls.slice(0, count)];
      const most = subject.powerCuts(expectation);
      for (const { disk: after, story } of most > 0 ? powerCuts(disk, most) : []) {
        const past = () => [...before(), "-- the power is cut", ...story()];
        yield { disk: after, expectation, key: keyOf(after), past };
      }
      yield { disk, expectation, key, past: () => [...before(), "-- the process is killed"] };
    }
  }

  let level: State<E>[] = [{ ...await subject.begin(), key: "", past: () => [] }];
  for (let depth = 1; depth <= subject.depth; depth++) {
    const next: State<E>[] = [];
    for (const begun of scattered(level)) {
      if (isEnough(depth)) return exploration;
      // Once more: to keep the moments of all that may be crashed takes too much memory.
      const run = await perform(begun, depth - 1, true);
      if (run === undefined) continue;
      for (const state of crashes(run, begun.past)) {
        if (isEnough(depth)) return exploration;
        if (!met.add("state", state.key)) continue;
        exploration.states++;
        options.onState?.(state.expectation);
        if (exploration.states % 1000 === 0) await options.onProgress?.(exploration);
        const recovered = await perform(state, depth, false);
        if (recovered !== undefined && depth < subject.depth) next.push(state);
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
