import type { OffsetTable } from "../../core/table/offset_table.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { identityOf, knownOf, recover } from "./recover.ts";
import { isSameObservation, type Observation } from "./observation.ts";

/** What the files hold that somebody else has written: read once, until they change again. */
export class ForeignView {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #sync: boolean;
  #last: (Observation & { readonly table: OffsetTable }) | undefined;

  constructor(fileSystem: FileSystem, path: string, sync: boolean) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#sync = sync;
  }

  /** Reads the table, unless it has read just what is seen there. */
  async read(seen: Observation): Promise<OffsetTable> {
    if (this.#last !== undefined && isSameObservation(seen, this.#last)) return this.#last.table;
    const files = await recover(this.#fileSystem, this.#path, this.#sync);
    const { main, journal, table } = files;
    // That main could not be read may be over the next time, though it is the same file.
    const isSure = main.state !== "bad" && knownOf(main).length > 0 && journal?.isFresh !== true;
    this.#last = isSure ? { main: identityOf(main), journal: journal?.info, table } : undefined;
    return table;
  }
}
