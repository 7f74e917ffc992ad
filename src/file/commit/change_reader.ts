import type { ConflictChoice } from "../../core/rules/resolve_conflict.ts";
import type { OffsetColumn } from "../../core/table/offset_column.ts";
import { inTurns } from "../fs/cooperative_yield.ts";
import { type ExternalChange, readExternalChange } from "../recovery/external_change.ts";
import { stateOfFiles } from "../recovery/files_state.ts";
import { ConflictMemo } from "./conflict_memo.ts";
import type { StepFiles, StepParts } from "./step_executor.ts";
import { syncNewDirectories } from "./sync_new_directories.ts";

/** Reads what somebody else has made of a store's files, and knows them as they are from then on. */
export class ChangeReader {
  readonly #files: StepFiles;
  readonly #parts: StepParts;
  readonly #conflicts = new ConflictMemo();

  constructor(files: StepFiles, parts: StepParts) {
    this.#files = files;
    this.#parts = parts;
  }

  /** Takes over what somebody else has made of the files; answers what is to be merged. */
  async read(): Promise<OffsetColumn | undefined> {
    const { known, path, observer, options } = this.#parts;
    const { fileSystem, report } = options;
    const seen = await observer.look(this.#files.state);
    this.#conflicts.check(seen);
    await syncNewDirectories(path, options);
    const change = await readExternalChange(fileSystem, path, known.expected, options)
      .catch((error) => {
        this.#conflicts.remember(seen, error, fileSystem.now());
        throw error;
      });
    const offsets = await this.#adopt(change);
    // Of a main that was removed, or that holds no table, nothing was merged.
    const isMerged = change.author === "foreign" && change.files.main.is === "valid";
    if (isMerged) report({ kind: "merged", path });
    return offsets;
  }

  /** Knows the files as they were read; answers the offsets of somebody else's table. */
  async #adopt(change: ExternalChange): Promise<OffsetColumn | undefined> {
    const { known, journals, encoder } = this.#parts;
    // First what takes its time: until the state and the table change, both are as before.
    const isKnown = change.author === "known";
    const offsets = isKnown ? known.durable : await inTurns(known.columnOf(change.table));
    const { main, journal } = stateOfFiles(change);
    const adopted = journals.adopt(this.#files.state.journal, journal, change.files);
    journals.remember(change.files);
    await journals.closeAll();
    this.#files.become({ event: "read", main, journal: adopted });
    encoder.forget();
    known.adopt(offsets);
    return change.author === "foreign" ? offsets : undefined;
  }

  /** Reads the files as a choice demands (C4); answers the offsets of somebody else's table. */
  async resolve(choice: ConflictChoice): Promise<OffsetColumn | undefined> {
    const { path, known, options } = this.#parts;
    const { fileSystem, durability } = options;
    await syncNewDirectories(path, options);
    const change = await readExternalChange(fileSystem, path, known.expected, {
      onConflict: choice,
      durability,
    });
    this.#files.stopIfAbandoned();
    this.#conflicts.forget();
    return await this.#adopt(change);
  }
}
