import type { FileSystem, WritableFile } from "../../../../src/file/fs/file_system.ts";

/** A call that a process has made of its file system. */
export interface Call {
  readonly kind: string;
  readonly path: string;
}

/** Runs in place of a call; `effect` makes the call. */
export type Instead = (effect: () => unknown, call: Call) => Promise<unknown>;

const NEVER = new Promise<never>(() => {});

/** The method of a file that has the name of a method of the file system. */
const FILE_KINDS: Readonly<Record<string, string>> = { stat: "fileStat" };

/**
 * Stands between a process and its file system: it tells the calls, can do something else in place
 * of one, and ends the process.
 *
 * It passes on whatever methods there are, so that it works for any version of the interface. Calls
 * that are passed on answer at once or later as the file system does.
 */
export class Interceptor {
  /** The calls since it was armed. */
  readonly calls: Call[] = [];
  /** The files that are open, under the names that they were created with. */
  readonly openFiles = new Set<string>();
  /** Resolves when the process is killed. */
  readonly killed: Promise<void>;
  /** Before which of the calls something else was done. */
  firedAt: number | undefined;
  #armed: { readonly kind: string; left: number; readonly instead: Instead } | undefined;
  isKilled = false;
  #tellKilled!: () => void;

  constructor() {
    this.killed = new Promise((resolve) => this.#tellKilled = resolve);
  }

  /** Nothing that the process has called, or calls from now on, is answered. */
  kill(): void {
    this.isKilled = true;
    this.#tellKilled();
  }

  /** Begins to tell the calls anew. */
  reset(): void {
    this.calls.length = 0;
    this.firedAt = undefined;
    this.disarm();
  }

  /** Does something in place of the n-th call of a kind. */
  arm(kind: string, nth: number, instead: Instead): void {
    this.#armed = { kind, left: nth, instead };
  }

  disarm(): void {
    this.#armed = undefined;
  }

  wrap(fs: FileSystem): FileSystem {
    return this.#proxy(fs, (name, args) => ({
      kind: name,
      path: args.findLast((each) => typeof each === "string") ?? "",
    }));
  }

  #proxy<T extends object>(
    target: T,
    describe: (name: string, args: readonly unknown[]) => Call,
  ): T {
    return new Proxy(target, {
      get: (_, name: string) => {
        const method: unknown = target[name as keyof T];
        // Not a call of the system: it makes up a name.
        if (typeof method !== "function" || name === "uniqueName") {
          return typeof method === "function" ? method.bind(target) : method;
        }
        return (...args: unknown[]) => {
          const call = describe(name, args);
          const answer = this.#call(call, () => method.apply(target, args));
          if (call.kind !== "create") return answer;
          return (answer as Promise<WritableFile>).then((file) => {
            this.openFiles.add(call.path);
            return this.#wrapFile(file, call.path);
          });
        };
      },
    });
  }

  #wrapFile(file: WritableFile, path: string): WritableFile {
    return this.#proxy(file, (name) => ({ kind: FILE_KINDS[name] ?? name, path }));
  }

  #call(call: Call, effect: () => unknown): unknown {
    if (this.isKilled) return NEVER;
    const instead = this.#due(call.kind);
    this.calls.push(call);
    // The descriptor is gone, even if it fails.
    if (call.kind === "close") this.openFiles.delete(call.path);
    if (instead === undefined) return effect();
    this.firedAt = this.calls.length - 1;
    return instead(() => this.isKilled ? NEVER : effect(), call);
  }

  #due(kind: string): Instead | undefined {
    if (this.#armed?.kind !== kind || --this.#armed.left > 0) return undefined;
    const { instead } = this.#armed;
    this.#armed = undefined;
    return instead;
  }
}
