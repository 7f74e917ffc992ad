/** Tries a published release from its URLs. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quote } from "../lib/escape.ts";
import { UsageError } from "../lib/usage_error.ts";
import { type Trial, TRIALS } from "./trials.ts";

/** Tries again until an attempt succeeds or there were enough of them. */
export type Retry = (attempt: () => Promise<void>) => Promise<void>;

/** A trial of one URL, and its error if it failed. */
export interface Verdict {
  readonly url: string;
  readonly where: string;
  readonly error: Error | undefined;
}

/**
 * A URL and its trials.
 *
 * @throws {UsageError} If it is no http or https URL of a file that can be tried.
 */
export function parseUrl(text: string): { url: URL; trials: Readonly<Record<string, Trial>> } {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(`Cannot verify ${quote(text)}: not an http or https URL`);
  }
  const trials = TRIALS[url.pathname.split(".").at(-1)!];
  if (trials !== undefined) return { url, trials };
  throw new UsageError(`Cannot verify ${quote(text)}: it ends with none of .ts, .mjs, .js, .tgz`);
}

/** Tries each URL on each runtime that can use it. All URLs are checked before the first is tried. */
export async function* verify(texts: readonly string[], retry: Retry): AsyncGenerator<Verdict> {
  for (const { url, trials } of texts.map(parseUrl)) {
    for (const [where, trial] of Object.entries(trials)) {
      yield { url: url.href, where, error: await errorOf(() => retry(() => attempt(url, trial))) };
    }
  }
}

/** Each attempt has a new folder: a half-made install must not be what the next one finds. */
async function attempt(url: URL, trial: Trial): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-release-"));
  try {
    await trial(url, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function errorOf(action: () => Promise<void>): Promise<Error | undefined> {
  try {
    return void await action();
  } catch (error) {
    return error as Error;
  }
}
