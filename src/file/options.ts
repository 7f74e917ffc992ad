import type { MessageQueue } from "../core/table/message_queue.ts";
import type { Offset } from "../core/table/offset.ts";
import type { ReadType } from "../core/rules/read_with_type.ts";
import type { OffsetFileFormat } from "../core/format/serialize.ts";
import type { FileSystem } from "./fs/file_system.ts";
import type { FileFault } from "./errors/offset_file_corrupt_error.ts";

/** What to do at open when offset files are there and none is usable. */
export type OnCorrupt = "throw" | "reset";

/** What to do at a persist when somebody else has changed the file. */
export type OnConflict = "throw" | "merge";

/** What an acknowledged persist survives: `"full"` a power cut, `"relaxed"` a crash of the process. */
export type Durability = "full" | "relaxed";

/** What `LocalFileOffsetStore.open` takes. */
export interface OpenOptions {
  /** The client id, such as `10.0.0.7@4711`; one level of the path, skipped if empty. */
  readonly clientId: string;
  /** The consumer group; one level of the path, skipped if empty. */
  readonly group: string;
  /**
   * The directory under which all stores lie. By default the environment variable
   * `rocketmq.client.localOffsetStoreDir`, else `.rocketmq_client_go` (Java: `.rocketmq_offsets`)
   * in the home directory; reading the environment needs `--allow-env` in Deno.
   */
  readonly root?: string;
  /** Whose root, file name and keys: `"go"` (the default) or `"java"`; Java 5.4 reads no other. */
  readonly format?: OffsetFileFormat;
  /**
   * Whether the file carries a checksum of its table (the default); other clients skip it. A file
   * that a journal extends always carries one.
   */
  readonly checksum?: boolean;
  /**
   * What to do if files are there and none is sure to be usable: `"throw"` (the default), or
   * `"reset"`, which keeps the bad files under other names and starts with what is left, or empty.
   */
  readonly onCorrupt?: OnCorrupt;
  /**
   * What to do if somebody else has changed the file: `"throw"` (the default), or `"merge"`, which
   * keeps the greater offset of each queue, in memory too unless the queue is frozen.
   */
  readonly onConflict?: OnConflict;
  /**
   * Whether the store holds a lock file for as long as it is open, so that a second process with the
   * same client id is refused at `open`; `false` by default. Both must ask for it: a store without it
   * ignores the lock, and has a conflict sooner or later. A lock that a killed process left costs the
   * next `open` five seconds. A process that stands still for longer than that may lose the lock: its
   * next persist rejects with `OffsetLockError`.
   */
  readonly exclusive?: boolean;
  /** `"full"` (the default) syncs; `"relaxed"` does not, and a power cut may undo or tear. */
  readonly durability?: Durability;
  /**
   * Whether a persist appends what has changed to a journal, `offset.json.journal`, instead of
   * writing the whole file: its cost does not depend on the size of the table. `close` leaves a
   * plain file; until then, other clients read one that is older. `compactAtBytes` is how long the
   * journal may become, if that is more than the file's length; 65536 by default, and never more
   * than half of what can be read again, 2^28 − 12 bytes.
   */
  readonly journal?: boolean | { readonly compactAtBytes: number };
  /**
   * The milliseconds between two persists, from 1 to 2^31 − 1; RocketMQ's clients use 5000. Without
   * it nothing is persisted unless asked. The timer does not keep the process alive.
   */
  readonly persistEveryMs?: number;
  /**
   * Called with background events; errors it throws are ignored. Without it, `persist-failed` and
   * `cleanup-failed` are warnings of the process, of type `OffsetStoreWarning`. A failure is reported
   * once for each change of state.
   */
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
  /** The file system; the real one by default. */
  readonly fileSystem?: FileSystem;
}

/** Something that happened, that no call of the store reports; more kinds may come. */
export type Diagnostic =
  /** Main was not usable at open: the offsets are from another file. */
  | { readonly kind: "recovered"; readonly path: string; readonly outcome: LoadOutcome }
  /** No file was usable at open: the store starts empty. */
  | { readonly kind: "reset"; readonly path: string; readonly outcome: LoadOutcome }
  /**
   * A persist has written something, for metrics: as a record of the journal or as a snapshot, how many
   * bytes, and how many milliseconds it took from its beginning to its acknowledgement.
   */
  | {
    readonly kind: "persisted";
    readonly path: string;
    readonly as: "record" | "snapshot";
    readonly bytes: number;
    readonly durationMs: number;
  }
  /** A persist by the timer failed; the next tick tries again. */
  | { readonly kind: "persist-failed"; readonly path: string; readonly error: unknown }
  /** Somebody else had changed the file: what it held was merged. */
  | { readonly kind: "merged"; readonly path: string }
  /**
   * Something tells, at `open`, that another process may be using the store; not under `exclusive`.
   *
   * - `lock`: a lock file changed in the last six seconds.
   * - `recent write`: main or its journal did. That is so, too, if this consumer was just restarted.
   */
  | {
    readonly kind: "maybe-shared";
    readonly path: string;
    readonly evidence: "lock" | "recent write";
  }
  /** A bad main file was kept under another name before it was replaced. */
  | { readonly kind: "kept-aside"; readonly path: string; readonly keptAs: string }
  /** A file that is of no more use could not be removed, or the backup could not be renewed. */
  | { readonly kind: "cleanup-failed"; readonly path: string; readonly error: unknown }
  /**
   * The root directory's own entry could not be made durable, for lack of a permission: if a power cut
   * takes it back, all stores below go with it. Nothing is wrong if the root is older than the boot.
   */
  | { readonly kind: "root-not-synced"; readonly path: string; readonly error: unknown }
  /**
   * The file system does not have a call, or does not let this user make it, which is reported once; the
   * store goes on without it.
   *
   * - `syncDirectory`: a power cut may undo a persist whose file was just created or renamed.
   * - `link`: the backup is a copy, which costs as much as main; main may be missing for an instant
   *   when a bad one is kept aside.
   * - `setTimes`: each snapshot takes 40 ms longer; where times are whole seconds, four seconds.
   */
  | {
    readonly kind: "call-missing";
    readonly call: "syncDirectory" | "link" | "setTimes";
    readonly path: string;
    readonly error: unknown;
  };

/**
 * What `open` found (clause L3).
 *
 * - `fresh`: no file, or only unfinished first writes; the store starts empty.
 * - `loaded`: the main file.
 * - `recovered`: main was not usable, `source` was.
 * - `reset`: no file was usable; they are kept as `keptAside`, and the store starts empty.
 */
export interface LoadOutcome {
  /** Which of the four it was. */
  readonly kind: "fresh" | "loaded" | "recovered" | "reset";
  /** The file that the offsets are from; `undefined` if there was none. */
  readonly source: string | undefined;
  /** How many records of the journal were applied to it; each is a persist. */
  readonly journalRecords: number;
  /** The files that were passed over, in whole or in part, and what is wrong with each. */
  readonly faults: readonly FileFault[];
  /** The names under which `onCorrupt: "reset"` kept the bad files. */
  readonly keptAside: readonly string[];
}

/** How a store is doing. */
export interface StoreStatus {
  /** How many queues memory holds. */
  readonly queues: number;
  /** How many of them the file does not hold, or with another offset. */
  readonly dirtyQueues: number;
  /** How many snapshots and records this store has written. */
  readonly generationsWritten: number;
  /** How many bytes they were in all. */
  readonly bytesWritten: number;
  /**
   * When a persist last succeeded, in milliseconds since 1970, as `Date.now()` tells it; `undefined` if
   * none has. A persist that had nothing to write counts.
   */
  readonly lastSuccess: number | undefined;
  /** Why the last persist failed; `undefined` if it did not. */
  readonly lastError: unknown;
  /** Whether the store is closed. */
  readonly closed: boolean;
}

/** What every offset store can do, whether the offsets are kept in a file or by the broker. */
export interface OffsetStore {
  /** Sets a queue's offset in memory; with `increaseOnly` only if it is greater. */
  update(mq: MessageQueue, offset: Offset | number, increaseOnly: boolean): void;
  /** Reads a queue's offset; `-1n` if there is none. */
  read(mq: MessageQueue, type: ReadType): Promise<Offset>;
  /** Makes all offsets durable; `[]` means none, and does nothing. */
  persist(mqs?: readonly MessageQueue[]): Promise<void>;
  /** Forgets a queue in memory; its durable offset stays. */
  remove(mq: MessageQueue): void;
}
