import { SnapshotWork } from "./snapshot_work.ts";
import type { SnapshotWrite } from "./snapshot_write.ts";

/** One step of the protocol. */
export interface SnapshotStep {
  readonly name: string;
  readonly run: (work: SnapshotWork) => Promise<void>;
}

/**
 * The persist protocol (docs/persist-protocol.md): at every instant the old or the new
 * snapshot is there, whole (P3), and after the last step no crash takes the new one back (P2).
 */
export const SNAPSHOT_STEPS: readonly SnapshotStep[] = [
  { name: "create the temporary file", run: (work) => work.create() },
  { name: "write the snapshot", run: (work) => work.write() },
  { name: "backdate the temporary file", run: (work) => work.backdate() },
  { name: "take owner and mode", run: (work) => work.takeOwner() },
  { name: "sync the temporary file", run: (work) => work.syncFile() },
  { name: "close the temporary file", run: (work) => work.close() },
  { name: "look before main is kept", run: (work) => work.lookBeforeKept() },
  { name: "keep main", run: (work) => work.keepMain() },
  { name: "sync the directory before the rename", run: (work) => work.syncDirectory() },
  { name: "move a foreign journal aside", run: (work) => work.journal.moveForeign() },
  { name: "sync the directory after the move", run: (work) => work.journal.syncMove() },
  { name: "look before the rename", run: (work) => work.look() },
  { name: "rename the temporary file to main", run: (work) => work.rename() },
  { name: "sync the directory after the rename", run: (work) => work.syncRename() },
  { name: "rename the pending backup to the backup", run: (work) => work.renewBackup() },
  { name: "check the journal", run: (work) => work.journal.check() },
  { name: "remove the journal", run: (work) => work.journal.remove() },
  { name: "sync the directory after the removal", run: (work) => work.journal.syncRemoval() },
];

/**
 * Replaces main by a snapshot.
 *
 * @returns How certain the new snapshot is if a step failed: `"previous"` if main is still the old
 *   one, `"either"` if not. Nothing failed if there is no error.
 */
export async function replaceSnapshot(
  write: SnapshotWrite,
  steps: readonly SnapshotStep[] = SNAPSHOT_STEPS,
): Promise<FailedSnapshot | undefined> {
  const work = new SnapshotWork(write);
  try {
    for (const step of steps) {
      write.stop();
      await step.run(work);
    }
    return undefined;
  } catch (error) {
    return { error, onDisk: await work.undo(error) };
  }
}

/** Why a snapshot failed, and what is on the disk. */
export interface FailedSnapshot {
  readonly error: unknown;
  readonly onDisk: "previous" | "either";
}
