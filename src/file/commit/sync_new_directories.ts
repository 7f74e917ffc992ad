import { OffsetLoadError } from "../errors/offset_load_error.ts";
import type { DirectoryPath } from "../fs/directory_path.ts";
import { dirname } from "../fs/path_names.ts";

/** L6: a power cut must not take back the directories of what a read shows. */
export async function syncNewDirectories(
  main: string,
  { directories, durability }: {
    readonly directories: Pick<DirectoryPath, "syncIfNew">;
    readonly durability: "full" | "relaxed";
  },
): Promise<void> {
  try {
    await directories.syncIfNew(durability);
  } catch (error) {
    throw new OffsetLoadError(dirname(main), error);
  }
}
