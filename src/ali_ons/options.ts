import { homedir } from "node:os";
import { join } from "node:path";
import { checkNames } from "../core/check_names.ts";
import type { OpenOptions } from "../file/options.ts";
import { checkRoot, NATIVE_PATHS } from "../file/path_rules.ts";
import { OPTION_NAMES } from "../file/store/check_options.ts";

/**
 * How a consumer keeps its offsets; the options that are not explained here are those of
 * `LocalFileOffsetStore.open`.
 */
export interface LocalOffsetsOptions
  extends Omit<OpenOptions, "clientId" | "group" | "format" | "persistEveryMs"> {
  /**
   * The directory under which the offsets lie, as `<root>/<clientId>/<group>/offset.json`; by
   * default `.rocketmq_offsets_node` in the home directory, which `ali-ons` uses for its own files.
   */
  readonly root?: string;
  /**
   * The directory under which `ali-ons` kept its own files, `.rocketmq_offsets_node` in the home
   * directory by default. If the store is new, it takes over what
   * `<importFrom>/<clientId>/<group>/offsets.json` holds; `false` imports nothing.
   */
  readonly importFrom?: string | false;
  /**
   * Whether the offsets are made durable after each message, before the next handler begins. Then a
   * killed process takes only those messages again whose handlers were running or had just ended.
   * Otherwise (`false`, the default) they are persisted every `persistConsumerOffsetInterval` of `ali-ons`,
   * 5000 ms by default.
   */
  readonly persistEachMessage?: boolean;
  /** As in `OpenOptions`; by default a journal is used if `persistEachMessage` is `true`. */
  readonly journal?: OpenOptions["journal"];
  /**
   * As in `OpenOptions`, but `true` by default: a second process with the same client id cannot open the
   * store, and its `ready()` rejects. After a kill, `ready()` takes five seconds longer.
   */
  readonly exclusive?: boolean;
  /**
   * How many milliseconds `close` waits at most for the handlers that are running, from 0 to
   * 2^31 − 1; 5000 by default. A handler that takes longer gets its message again after the start.
   */
  readonly drainTimeoutMs?: number;
}

/** The adapter's own options, completed, and those that the store checks when it is opened. */
export interface ResolvedOptions {
  readonly importFrom: string | false;
  readonly persistEachMessage: boolean;
  readonly drainTimeoutMs: number;
  readonly store: Omit<OpenOptions, "clientId" | "group">;
}

/** What the adapter sets itself. */
const SET_HERE = ["clientId", "group", "format", "persistEveryMs"];

const NAMES = [
  ...["importFrom", "persistEachMessage", "drainTimeoutMs"],
  ...OPTION_NAMES.filter((name) => !SET_HERE.includes(name)),
];

const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Checks the names of all options, and the adapter's own, and completes all of them. */
export function resolveOptions(options: LocalOffsetsOptions): ResolvedOptions {
  checkNames("option", options, NAMES);
  const { importFrom, persistEachMessage = false, drainTimeoutMs = 5000, ...store } = options;
  // From a directory that does not exist nothing would be imported, without any report.
  if (importFrom !== undefined && importFrom !== false) {
    checkRoot("importFrom", importFrom, NATIVE_PATHS);
  }
  if (store.root !== undefined) checkRoot("root", store.root, NATIVE_PATHS);
  if (typeof persistEachMessage !== "boolean") {
    throw new TypeError(refusal("persistEachMessage", persistEachMessage, "not a boolean"));
  }
  if (!isTimeout(drainTimeoutMs)) {
    const range = `not an integer from 0 to ${LONGEST_TIMEOUT}`;
    throw new RangeError(refusal("drainTimeoutMs", drainTimeoutMs, range));
  }
  return {
    importFrom: importFrom ?? ownDirectory(),
    persistEachMessage,
    drainTimeoutMs,
    store: {
      ...store,
      root: store.root ?? ownDirectory(),
      journal: store.journal ?? persistEachMessage,
      exclusive: store.exclusive ?? true,
    },
  };
}

/** The directory of ali-ons itself, which no option of ali-ons changes. */
const ownDirectory = (): string => join(homedir(), ".rocketmq_offsets_node");

const isTimeout = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LONGEST_TIMEOUT;

const refusal = (name: string, value: unknown, state: string): string =>
  `Cannot use ${name} "${value}": it is ${state}`;
