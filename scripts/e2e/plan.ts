import type { Runtime } from "../lib/runtimes.ts";

/** The parts of the run. */
export const PARTS = ["ali-ons", "go", "java", "remote"] as const;

export type Part = typeof PARTS[number];

/** The work in the namespace of the brokers; everything that needs a network is there already. */
export interface Plan {
  readonly parts: readonly Part[];
  /** Why a part does not run. */
  readonly skipped: readonly string[];
  /** The brokers, one after the other; the first one serves what does not depend on it. */
  readonly versions: readonly string[];
  /** The runtimes of the consumers of ali-ons, and their executables. */
  readonly runtimes: readonly { readonly name: Runtime; readonly path: string }[];
  /** Where the jars of each version are kept. */
  readonly cache: string;
  /** Go's consumer, built; there if its part runs. */
  readonly goConsumer: string;
  /** Whether only a part of each part runs. */
  readonly slice: boolean;
  readonly json: boolean;
}
