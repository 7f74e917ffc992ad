import { rmSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join, relative, sep } from "node:path";
import { setTimeout } from "node:timers/promises";

/** The temporary directory of one run of the kit: the kit removes nothing outside it. */
export class OwnDirectory {
  readonly path: string;
  #roots = 0;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the directory.
   *
   * @param parent The directory to make it in; the system's directory for temporary files if absent.
   */
  static async make(parent: string = tmpdir()): Promise<OwnDirectory> {
    return new OwnDirectory(await mkdtemp(join(await realpath(parent), "conformance-")));
  }

  /** A new name for the root of a case. The directory itself does not exist yet. */
  newRoot(): string {
    return join(this.path, String(++this.#roots));
  }

  /** Makes a directory for files that the client does not know, such as logs. */
  async folder(name: string): Promise<string> {
    const path = join(this.path, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  /**
   * Removes a directory below this one with all that is in it.
   *
   * @throws {RangeError} If the path is not strictly below this directory.
   */
  async remove(path: string): Promise<void> {
    if (!isBelow(this.path, path)) {
      throw new RangeError(`Cannot remove ${JSON.stringify(path)}: it is not below ${this.path}`);
    }
    await removePatiently(path);
  }

  /** Removes the directory itself. */
  async removeItself(): Promise<void> {
    await removePatiently(this.path);
  }

  /** Removes the directory itself while the process exits. */
  removeItselfNow(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Whether an absolute path without `..` is strictly below a directory. */
export function isBelow(directory: string, path: string): boolean {
  if (!isAbsolute(path) || path.split(/[\\/]/).includes("..")) return false;
  const rest = relative(directory, path);
  return rest !== "" && !isAbsolute(rest) && rest.split(sep)[0] !== "..";
}

/** A client may still write files behind its answers, so the removal is tried several times. */
async function removePatiently(path: string): Promise<void> {
  for (let attempts = 5;; attempts--) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (attempts === 0) throw error;
      await setTimeout(20);
    }
  }
}
