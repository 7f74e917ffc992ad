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
