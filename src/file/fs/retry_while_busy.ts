import { isBusy } from "../errors/error_code.ts";

/** The longest pause; with all pauses before it, the attempts last about two seconds. */
const LONGEST_PAUSE_MS = 32;
const ALL_PAUSES_MS = 2000;

/**
 * Tries a call again while the file is busy: on Windows a scanner or a backup tool that has a file
 * open makes calls on it fail. It pauses 1, 2, 4, … 32, 32, … ms, for about two seconds in all.
 */
export async function retryWhileBusy<T>(
  attempt: () => Promise<T>,
  pause: (ms: number) => Promise<unknown>,
): Promise<T> {
  for (let ms = 1, paused = 0;; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || paused >= ALL_PAUSES_MS) throw error;
    }
    await pause(ms);
    paused += ms;
  }
}
