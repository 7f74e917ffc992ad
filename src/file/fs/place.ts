import { fsync, fsyncSync } from "node:fs";
import { promisify } from "node:util";
import { BlockingWhileFast } from "./blocking_while_fast.ts";

const fsyncElsewhere = promisify(fsync);

/** The calls in a directory that may wait for its disk, each kind at its own pace. */
export class Place {
  readonly writes = new BlockingWhileFast();
  readonly dataSyncs = new BlockingWhileFast();
  readonly #names = new BlockingWhileFast();
  readonly #syncs = new BlockingWhileFast();
  /**
   * The size of the file that was last created here, and so most likely of the files that it
   * replaces. To remove the last name of a large file takes as long as to free its blocks.
   */
  files: "small" | "large" = "small";

  /** Makes a call that adds or removes a name. */
  async name<T>(here: () => T, elsewhere: () => Promise<T>): Promise<T> {
    return await (this.files === "large" ? elsewhere() : this.#names.run(here, elsewhere));
  }

  /** Syncs an open file. */
  async sync(file: number): Promise<void> {
    await this.#syncs.run(() => fsyncSync(file), () => fsyncElsewhere(file));
  }
}

/** The most directories that are remembered; a process may open any number of stores. */
const MOST_PLACES = 256;

const places = new Map<string, Place>();

/** The place of a directory. A place that was not used for long is forgotten and made anew. */
export function placeOf(directory: string): Place {
  const place = places.get(directory) ?? new Place();
  // A map keeps the order of insertion, so the first key was used the longest time ago.
  places.delete(directory);
  places.set(directory, place);
  if (places.size > MOST_PLACES) places.delete(places.keys().next().value!);
  return place;
}
