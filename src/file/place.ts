import { fsync, fsyncSync } from "node:fs";
import { promisify } from "node:util";
import { QuickCalls } from "./quick_calls.ts";

const fsyncElsewhere = promisify(fsync);

/** The calls in a directory that may wait for its disk, each kind by its own pace. */
export class Place {
  readonly names = new QuickCalls();
  readonly writes = new QuickCalls();
  readonly #syncs = new QuickCalls();

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
