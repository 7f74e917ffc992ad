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

/** How many first rounds, in which everything is compiled, are left out. */
const WARM_UP = 2;

/** Measures cases in turn, round after round, so that all meet the same machine. */
export async function measure(
  cases: readonly Case[],
  rounds: number,
  onRound: () => void = () => {},
  now: () => number = () => performance.now(),
): Promise<Measured[]> {
  const taken = cases.map((): number[] => []);
  for (let round = 0; round < rounds + WARM_UP; round++) {
    for (const [i, { prepare, run, batch }] of cases.entries()) {
      prepare?.();
      const start = now();
      for (let done = 0; done < batch; done++) {
        const running = run();
        // What is synchronous is not made to wait for a turn of the event loop.
        if (running instanceof Promise) await running;
      }
      if (round >= WARM_UP) taken[i].push((now() - start) / batch);
    }
    onRound();
  }
  return cases.map(({ name }, i) => ({ name, rounds: taken[i] }));
}
