import { OffsetLoadError } from "../errors/offset_load_error.ts";
import { dirname } from "../fs/path_names.ts";
import type { CommitterOptions } from "./committer_options.ts";

/** L6: a power cut must not take back the directories of what a read shows. */
export async function syncNewDirectories(
  main: string,
  { directories, durability }: Pick<CommitterOptions, "directories" | "durability">,
): Promise<void> {
  try {
    await directories.syncIfNew(durability);
  } catch (error) {
    throw new OffsetLoadError(dirname(main), error);
  }
}
