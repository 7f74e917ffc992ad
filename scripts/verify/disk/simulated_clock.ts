/**
 * Runs something while this process's clock is a simulated one, in milliseconds since 1970.
 *
 * A store compares the times of files with its own clock, so both must be of one kind.
 */
export async function withClock<T>(now: () => number, act: () => Promise<T>): Promise<T> {
  const { now: real } = Date;
  Date.now = now;
  try {
    return await act();
  } finally {
    Date.now = real;
  }
}
