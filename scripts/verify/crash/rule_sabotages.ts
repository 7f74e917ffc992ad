import { nextStep } from "../../../src/core/commit_plan.ts";
import { SNAPSHOT_STEPS, type SnapshotStep } from "../../../src/file/commit/replace_snapshot.ts";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import type { SimulatedFileSystem } from "../disk/simulated_file_system.ts";
import { wrap, wrapFiles } from "../disk/replace_calls.ts";
import type { NamedSabotage } from "./step_sabotages.ts";
import type { Sabotage } from "./story/sabotage.ts";

/** A rule of the store taken away, and the history and the violation that show it. */
export interface RuleSabotage extends NamedSabotage {
  /** The name of a scenario. */
  readonly scenario: string;
  readonly violation: RegExp;
}

const LOST = /was loaded, though|instead of|no file is usable/;
const OVERWRITTEN = /was acknowledged, though somebody else had written/;
const FAULT_WITHOUT_STRANGER = /^no stranger has acted, but/;

/** J3: a snapshot that folds a journal in gets no greater number. */
const planWithoutNumbers: NonNullable<Sabotage["plan"]> = (state, seen, request) => {
  const step = nextStep(state, seen, request);
  return step.do === "snapshot" && step.generation !== undefined
    ? { ...step, generation: 1 }
    : step;
};

/** The protocol with some steps taken out, and put in again before another one. */
function moved(names: readonly string[], before: string): SnapshotStep[] {
  const rest = SNAPSHOT_STEPS.filter(({ name }) => !names.includes(name));
  const at = rest.findIndex(({ name }) => name === before);
  const steps = SNAPSHOT_STEPS.filter(({ name }) => names.includes(name));
  if (at === -1 || steps.length < names.length) {
    throw new Error(`no such step: ${names}, ${before}`);
  }
  return rest.toSpliced(at, 0, ...steps);
}

/** Once a record has been synced, the files look as they did until a file is created (P9). */
function blindAfterAppend(fs: SimulatedFileSystem) {
  const seen = new Map<string, FileInfo | undefined>();
  let isBlind = false;
  return wrap(fs, {
    async stat(path) {
      if (isBlind && seen.has(path)) return seen.get(path);
      const info = await fs.stat(path);
      seen.set(path, info);
      return info;
    },
    async create(path) {
      seen.clear();
      const file = await fs.create(path);
      return {
        ...file,
        async syncData() {
          await file.syncData();
          isBlind = true;
        },
      };
    },
  });
}

/** Rules of the store, each taken away by itself. */
export const RULE_SABOTAGES: readonly RuleSabotage[] = [
  {
    name: "without a greater number for a snapshot that folds a journal in",
    plan: planWithoutNumbers,
    scenario: "a journal that outgrows its snapshot",
    violation: FAULT_WITHOUT_STRANGER,
  },
  {
    name: "without that number, and without the sync of the journal's removal",
    plan: planWithoutNumbers,
    protocol: SNAPSHOT_STEPS.filter(({ name }) => name !== "sync the directory after the removal"),
    scenario: "a close folds a journal into the snapshot of before",
    violation: LOST,
  },
  {
    name: "a foreign journal is moved aside after main's rename",
    protocol: moved(
      ["move a foreign journal aside", "sync the directory after the move"],
      "rename the pending backup to the backup",
    ),
    scenario: "a foreign journal beside a main that becomes what the journal extends",
    violation: LOST,
  },
  {
    name: "the backup is renamed before main",
    protocol: moved(
      ["rename the pending backup to the backup"],
      "rename the temporary file to main",
    ),
    scenario: "another client cuts main to nothing before rename 2",
    violation: LOST,
  },
  {
    name: "a new file whose time is not set back",
    wrap: (fs) => wrapFiles(fs, () => ({ backdate: async () => {} })),
    scenario: "another client rewrites this store's file, as long as before, times of 2000 ms",
    violation: OVERWRITTEN,
  },
  {
    name: "an append without the look after it",
    wrap: blindAfterAppend,
    scenario: "a second process folds a journal in before a record's write 1",
    violation: OVERWRITTEN,
  },
];
