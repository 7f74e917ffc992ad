/** Runs something while the clock of this process stands still, at so many milliseconds since 1970. */
export async function withClockAt(ms: number, act: () => Promise<void>): Promise<void> {
  const { now } = Date;
  Date.now = () => ms;
  try {
    await act();
  } finally {
    Date.now = now;
  }
}

/** Runs something while each look at the process's own clock finds it so many milliseconds later. */
export async function withClockThatTakes(ms: number, act: () => Promise<void>): Promise<void> {
  const { now } = performance;
  let time = performance.now();
  performance.now = () => time += ms;
  try {
    await act();
  } finally {
    performance.now = now;
  }
}
