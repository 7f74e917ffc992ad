import type { OffsetTable } from "../core/offset_table.ts";
import type { FileSystem } from "./file_system.ts";
import { identityOf, knownOf, loadOffsetFiles } from "./load_offset_files.ts";
import { isSameSight, type Sight } from "./sight.ts";

/** What the files hold that somebody else has written: read once, until they change again. */
export class ForeignView {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #sync: boolean;
  #last: (Sight & { readonly table: OffsetTable }) | undefined;

  constructor(fileSystem: FileSystem, path: string, sync: boolean) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#sync = sync;
  }

  /** Reads the table, unless it has read just what is seen there. */
  async read(seen: Sight): Promise<OffsetTable> {
    if (this.#last !== undefined && isSameSight(seen, this.#last)) return this.#last.table;
    const files = await loadOffsetFiles(this.#fileSystem, this.#path, this.#sync);
    const { main, journal, table } = files;
    // That main could not be read may be over the next time, though it is the same file.
    const isSure = main.state !== "bad" && knownOf(main).length > 0 && journal?.isFresh !== true;
    this.#last = isSure ? { main: identityOf(main), journal: journal?.info, table } : undefined;
    return table;
  }
}
