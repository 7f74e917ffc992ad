import type { FileInfo } from "./file_info.ts";
import type { WritableFile } from "./file_system.ts";

/** The owner and the group of a file, and what they and all others may do with it. */
export type Ownership = Pick<FileInfo, "uid" | "gid" | "mode">;

/**
 * Gives a new file the owner, the group and the mode of the file that it stands for (O1, O2).
 *
 * Only root may give a file away, and some file systems know no owners: that is no failure. The
 * rights are never wider than before, for anybody: bits that would reach other people are left out.
 *
 * @param file The new file.
 * @param made How it was created.
 * @param like The file that it stands for.
 * @returns Owner, group and mode of the new file afterwards.
 */
export async function takeAfter(
  file: WritableFile,
  made: FileInfo,
  like: Ownership,
): Promise<Ownership> {
  let { uid, gid } = made;
  const give = async (toUid: number, toGid: number) => {
    if (uid === toUid && gid === toGid) return;
    try {
      await file.chown(toUid, toGid);
      [uid, gid] = [toUid, toGid];
    } catch {
      // This user or this file system cannot do it: the file keeps the owner that it has.
    }
  };
  await give(like.uid, like.gid);
  // Without the right to give the file away, its group can often be kept.
  await give(uid, like.gid);
  const mode = modeFor(like.mode, uid === like.uid, gid === like.gid);
  if (mode === made.mode) return { uid, gid, mode };
  try {
    await file.chmod(mode);
    return { uid, gid, mode };
  } catch {
    // It stays as it was created: for the owner alone.
    return { uid, gid, mode: made.mode };
  }
}

/** The mode of a copy whose owner or group may be another one: its rights are wider for nobody. */
export function modeFor(mode: number, isOwnerKept: boolean, isGroupKept: boolean): number {
  let [owner, group, other] = [mode >> 6 & 7, mode >> 3 & 7, mode & 7];
  if (!isOwnerKept) {
    // The former owner belongs to the group or to the others now.
    group &= owner;
    other &= owner;
  }
  if (!isGroupKept) {
    // The members of the former group belong to the others now; those of the new group did before.
    other &= group;
    group = 0;
  }
  return owner << 6 | group << 3 | other;
}
