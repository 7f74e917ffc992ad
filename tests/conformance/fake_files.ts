import { rmdirSync } from "node:fs";
import { mkdtemp, realpath, rename, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, resolve, sep } from "node:path";

const PREFIX = "fake-client-";

/**
 * The only deletes and renames of the fake clients: of single files below a directory that a test
 * has made. Every other path is refused, and nothing is deleted recursively.
 */
export class FakeFiles {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes the directory of a test. */
  static async make(): Promise<FakeFiles> {
    return new FakeFiles(await mkdtemp(`${await realpath(tmpdir())}${sep}${PREFIX}`));
  }

  /** The same directory, in the process of a driver. */
  static async of(directory: string): Promise<FakeFiles> {
    const made = await realpath(directory);
    if (dirname(made) !== await realpath(tmpdir()) || !basename(made).startsWith(PREFIX)) {
      throw new RangeError(`Cannot use ${JSON.stringify(directory)}: no test has made it`);
    }
    return new FakeFiles(made);
  }

  /** Deletes one file. */
  async unlink(path: string): Promise<void> {
    await unlink(this.#own(path));
  }

  /** Renames one file. */
  async rename(from: string, to: string): Promise<void> {
    await rename(this.#own(from), this.#own(to));
  }

  /** Removes the test's directory, which must be empty: the kit removes its own files. */
  [Symbol.dispose](): void {
    rmdirSync(this.directory);
  }

  #own(path: string): string {
    const isPlain = path === resolve(path) && !path.split(sep).includes("..");
    if (isPlain && path.startsWith(this.directory + sep)) return path;
    throw new RangeError(`Cannot touch ${JSON.stringify(path)}: it is not below ${this.directory}`);
  }
}
