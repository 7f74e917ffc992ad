import { isBusy } from "../errors/error_code.ts";

/** The last pause; with all before it, ~2 s. */
const LONGEST_PAUSE_MS = 1024;

/** Tries again with growing pauses while a file is busy, as it can be on Windows, then gives up. */
export async function retryWhileBusy(
  attempt: () => Promise<void>,
  pause: (ms: number) => Promise<unknown>,
): Promise<void> {
  for (let ms = 1;; ms *= 2) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || ms > LONGEST_PAUSE_MS) throw error;
      await pause(ms);
    }
  }
}
