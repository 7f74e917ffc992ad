/** The directories of a store, with a log of the calls that are made for them. */
import { join, relative } from "node:path";
import type { Diagnostic } from "../../mod.ts";
import { DirectoryPath } from "../../src/file/fs/directory_path.ts";
import { type Call, type Fault, FaultyFileSystem } from "./faulty_file_system.ts";
import type { StoreDirectory } from "./store_directory.ts";

/** The directories of a store below a directory of the test, and a log of the calls for them. */
export class WatchedDirectories {
  readonly calls: string[] = [];
  readonly reports: Diagnostic[] = [];
  readonly faulty = new FaultyFileSystem();
  readonly path: DirectoryPath;

  /** Names are paths from the directory of the test. */
  constructor(at: StoreDirectory, root: string, file: string, main = file) {
    const names = { root, path: file, main };
    const inside = (name: string) => join(at.root, name);
    this.faulty.before = ({ name, path }) => {
      this.calls.push(`${name} ${relative(at.root, path) || "."}`);
    };
    this.path = new DirectoryPath(this.faulty.fileSystem, {
      root: inside(names.root),
      path: inside(names.path),
      main: inside(names.main),
    }, (diagnostic) => this.reports.push(diagnostic));
  }

  /** The calls since the last time that change something or make it durable. */
  take(): string[] {
    return this.calls.splice(0).filter((call) => !call.startsWith("stat "));
  }

  fail(...faults: Fault[]): void {
    this.faulty.faults = faults;
  }
}

/** Calls of these names. */
export const named = (...names: string[]) => ({ name }: Call) => names.includes(name);
