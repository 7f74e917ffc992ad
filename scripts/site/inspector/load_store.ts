import type { OffsetTable } from "../../../src/core/table/offset_table.ts";
import {
  type FileFault,
  OffsetFileCorruptError,
} from "../../../src/file/errors/offset_file_corrupt_error.ts";
import { recover } from "../../../src/file/recovery/recover.ts";
import { droppedFileSystem } from "./dropped_file_system.ts";
import type { Placed } from "./file_role.ts";

/** The answer of `open` to the files of a store. */
export type Load = Loaded | Refused;

/** `open` would resolve with this table. */
export interface Loaded {
  readonly is: "fresh" | "loaded" | "recovered";
  /** The file that the table is from; `undefined` for a fresh store. */
  readonly source: string | undefined;
  /** How many records of the journal are in the table. */
  readonly records: number;
  readonly faults: readonly FileFault[];
  readonly table: OffsetTable;
}

/** `open` would reject. */
export interface Refused {
  readonly is: "refused";
  readonly faults: readonly FileFault[];
  /** The files that a person has to choose from. */
  readonly candidates: readonly string[];
}

/** Loads a store from the dropped files, by the functions that `open` uses. */
export async function loadStore(main: string, placed: readonly Placed[]): Promise<Load> {
  const fileSystem = droppedFileSystem(placed.map(({ file }) => file));
  try {
    const { outcome, source, records, faults, table } = await recover(fileSystem, main, "full");
    return { is: outcome, source: source?.path, records, faults, table };
  } catch (error) {
    if (!(error instanceof OffsetFileCorruptError)) throw error;
    return { is: "refused", faults: error.faults, candidates: error.candidates };
  }
}
