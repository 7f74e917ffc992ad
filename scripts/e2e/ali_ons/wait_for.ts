import { setTimeout } from "node:timers/promises";

const PATIENCE_MS = 60_000;

/**
 * Waits until something is there.
 *
 * @throws {Error} If it does not come in time, a minute by default.
 */
export async function waitFor(
  what: string,
  isThere: () => boolean,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!isThere()) {
    if (performance.now() > end) throw new Error(`Cannot go on: ${what} did not come`);
    await setTimeout(20);
  }
}
