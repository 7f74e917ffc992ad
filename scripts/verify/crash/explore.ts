import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import type { PathStyle } from "../../../src/file/path_rules.ts";
import { everyCrash, type Exploration, type ExploreOptions } from "./every_crash.ts";
import type { Expectation } from "./generations.ts";
import type { SimulatedDisk } from "../disk/simulated_disk.ts";
import type { SimulatedFileSystem } from "../disk/simulated_file_system.ts";
import { World } from "./world.ts";
import type { Writer } from "./writer.ts";

export type { Exploration };

export type Wrap = (fileSystem: SimulatedFileSystem) => FileSystem;

/** The subject of an exploration: a writer of growing generations at work, and every way to crash it. */
export interface Scenario {
  readonly name: string;
  readonly writer: Writer;
  readonly disk: () => Promise<SimulatedDisk>;
  readonly start: Expectation;
  readonly work: (world: World) => Promise<void>;
  readonly splitRename: boolean;
  /** How the paths are written; `"posix"` by default. */
  readonly paths?: PathStyle;
  /** How many crashes follow one another, each during the recovery from the one before. */
  readonly depth: number;
  /** Stands between the writer and the simulated disk for good, to take a step away. */
  readonly wrap?: Wrap;
  /** The same, but only until the first crash: a fault that is over then. */
  readonly fault?: Wrap;
}

/** The work of each process after a crash: load, load again, persist, load. */
async function recover(world: World): Promise<void> {
  const session = await world.open();
  await world.open();
  await world.persist(session);
  await world.open();
}

/** Crashes the scenario in every way, and every recovery in every way, to the scenario's depth. */
export function explore(
  scenario: Scenario,
  options: ExploreOptions<Expectation> = {},
): Promise<Exploration> {
  return everyCrash<Expectation, World>({
    depth: scenario.depth,
    begin: async () => ({ disk: await scenario.disk(), expectation: scenario.start }),
    run(state, isFirst, isCrashed) {
      const wrap = (isFirst ? scenario.fault : undefined) ?? scenario.wrap;
      return new World(scenario, state, { isCrashed, wrap });
    },
    work: scenario.work,
    recover,
    keyOf: ({ floor, flying }) => `${floor};${flying}`,
    powerCuts: () => Infinity,
  }, options);
}
