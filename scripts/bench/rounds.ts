import { setImmediate } from "node:timers/promises";
import { shuffled } from "./queues.ts";

/** Something to be measured against others. */
export interface Case {
  readonly name: string;
  /** Makes ready for a round, which is not measured. */
  readonly prepare?: () => void;
  /** Does it once; what it returns is awaited. */
  readonly run: () => unknown;
  /** How often it is done in a round: enough for its code and its data to be warm. */
  readonly batch: number;
}

/** What one case took in each round, in milliseconds for each time it was done. */
export interface Measured {
  readonly name: string;
  readonly rounds: readonly number[];
}

/** How many first rounds, in which everything is compiled, are left out of so many more. */
const warmUpOf = (rounds: number) => Math.max(2, Math.ceil(rounds / 4));

/**
 * Measures cases in turn, round after round, so that all meet the same machine; each time in another
 * order, since what one leaves to the disk slows the next one down.
 *
 * @param onRound Is told how much is done, from 0 to 1.
 */
export async function measure(
  cases: readonly Case[],
  rounds: number,
  onRound: (share: number) => void = () => {},
  now: () => number = () => performance.now(),
): Promise<Measured[]> {
  const taken = cases.map((): number[] => []);
  const warmUp = warmUpOf(rounds);
  const all = warmUp + rounds;
  for (let round = 0; round < all; round++) {
    for (const i of shuffled(cases.length, round)) {
      const { prepare, run, batch } = cases[i];
      prepare?.();
      // The work that one case has put off would count as time of the next one.
      await setImmediate();
      const start = now();
      for (let done = 0; done < batch; done++) {
        const running = run();
        // A synchronous case does not wait for a turn of the event loop.
        if (running instanceof Promise) await running;
      }
      if (round >= warmUp) taken[i].push((now() - start) / batch);
    }
    onRound((round + 1) / all);
  }
  return cases.map(({ name }, i) => ({ name, rounds: taken[i] }));
}
