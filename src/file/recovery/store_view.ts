import type { OffsetTable } from "../../core/table/offset_table.ts";
import type { FileInfo } from "../fs/file_info.ts";
import { isSameFile } from "../fs/file_info.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { recover } from "./recover.ts";

/** The descriptions of main and its journal, which were not read. */
export interface Observation {
  readonly main: FileInfo | undefined;
  readonly journal: FileInfo | undefined;
}

/** Reads the table of files that somebody else may have written, for a read from the store. */
export class StoreView {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #durability: "full" | "relaxed";
  #last: (Observation & { readonly table: OffsetTable }) | undefined;

  constructor(fileSystem: FileSystem, path: string, durability: "full" | "relaxed") {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#durability = durability;
  }

  /** Reads the table, or returns that of the last read if the files are the same. */
  async read(seen: Observation): Promise<OffsetTable> {
    const last = this.#last;
    if (last && isSameFile(seen.main, last.main) && isSameFile(seen.journal, last.journal)) {
      return last.table;
    }
    const { files: { main }, journal, table } = await recover(
      this.#fileSystem,
      this.#path,
      this.#durability,
    );
    // Without a valid main the table is from other files, which may change while main does not.
    const isSettled = main.is === "valid" && main.age === "settled" &&
      journal?.file.age !== "young";
    this.#last = isSettled ? { main: main.info, journal: journal?.file.info, table } : undefined;
    return table;
  }
}
