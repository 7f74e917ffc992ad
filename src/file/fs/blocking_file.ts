import { fdatasyncSync, writeSync } from "node:fs";
import type { WritableFile } from "./file_system.ts";
import type { Place } from "./place.ts";

const files = new WeakMap<WritableFile, BlockingFile>();

/** The calls that append to a file of the real file system, without a promise for each. */
export class BlockingFile {
  readonly #file: number;
  readonly #place: Place;

  constructor(file: number, place: Place) {
    this.#file = file;
    this.#place = place;
  }

  /** Remembers it as that of a file. */
  static remember(file: WritableFile, blocking: BlockingFile): void {
    files.set(file, blocking);
  }

  /** Gives it to a file that makes the same calls. */
  static handOn(file: WritableFile, other: WritableFile): void {
    const blocking = files.get(file);
    if (blocking !== undefined) files.set(other, blocking);
  }

  /** That of a file; `undefined` if it is not simply a file of the real file system. */
  static of(file: WritableFile): BlockingFile | undefined {
    return files.get(file);
  }

  /** Whether a write, and a sync if one follows, is fast, and the event loop has had a turn lately. */
  mayAppend(durability: "full" | "relaxed"): boolean {
    const { writes, dataSyncs } = this.#place;
    return writes.mayBlock && (durability === "relaxed" || dataSyncs.mayBlock);
  }

  /** Writes bytes at a position, and returns how many were accepted. */
  write(bytes: Uint8Array, position: number): number {
    return this.#place.writes.runHere(() =>
      writeSync(this.#file, bytes, 0, bytes.length, position)
    );
  }

  /** Makes the content durable (fdatasync). */
  syncData(): void {
    this.#place.dataSyncs.runHere(() => fdatasyncSync(this.#file));
  }
}
