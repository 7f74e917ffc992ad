import { fsync, fsyncSync } from "node:fs";
import { promisify } from "node:util";
import type { MaybePromise } from "./maybe_promise.ts";
import { BlockingWhileFast } from "./blocking_while_fast.ts";

const fsyncElsewhere = promisify(fsync);

/** The calls in a directory that may wait for its disk, each kind by its own pace. */
export class Place {
  readonly writes = new BlockingWhileFast();
  readonly #names = new BlockingWhileFast();
  readonly #syncs = new BlockingWhileFast();
  /**
   * Whether the file that was last created here is large, and so, most likely, are those that it
   * replaces: to take the last name from one takes as long as to free all of it.
   */
  isLarge = false;

  /** Makes a call that gives a name, or takes one. */
  name<T>(here: () => T, elsewhere: () => Promise<T>): MaybePromise<T> {
    return this.isLarge ? elsewhere() : this.#names.run(here, elsewhere);
  }

  /** Syncs an open file. */
  async sync(file: number): Promise<void> {
    await this.#syncs.run(() => fsyncSync(file), () => fsyncElsewhere(file));
  }
}

const places = new Map<string, Place>();

export function placeOf(directory: string): Place {
  let place = places.get(directory);
  if (place === undefined) places.set(directory, place = new Place());
  return place;
}
