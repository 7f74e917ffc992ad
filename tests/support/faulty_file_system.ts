import { andThen, isLater, type MaybePromise } from "../../src/file/fs/maybe_promise.ts";
import type { FileSystem, WritableFile } from "../../src/file/fs/file_system.ts";
import { nodeFileSystem } from "../../src/file/fs/node_file_system.ts";

/** A call that the store makes: `write offset.json.….tmp`, with the last part of the path. */
export interface Call {
  readonly name: string;
  readonly path: string;
}

/** What becomes of a call: nothing special, or a failure before or after its effect. */
export interface Fault {
  readonly when: (call: Call) => boolean;
  readonly code?: string;
  /** Whether the call takes effect although it fails. */
  readonly after?: boolean;
  /** Whether only the first such call fails. */
  readonly once?: boolean;
}

/** An error with a system's code, or with none. */
export function systemError(code: string | undefined, call: string): Error {
  const error = new Error(`${code ?? "something"}: ${call} failed`);
  return code === undefined ? error : Object.assign(error, { code });
}

/**
 * The real file system, with a log of all calls, and faults.
 *
 * What each persist calls answers at once where the real one does, and two times in seven later.
 */
export class FaultyFileSystem {
  readonly calls: string[] = [];
  readonly fileSystem: FileSystem;
  faults: Fault[] = [];
  /** Is awaited before each call. */
  before: (call: Call) => Promise<void> | void = () => {};
  /** How many bytes a write takes at most. */
  bytesPerWrite = Infinity;
  #answers = 0;

  constructor(base: FileSystem = nodeFileSystem) {
    const wrapped: Partial<Record<string, unknown>> = {};
    for (const name of Object.keys(base) as (keyof FileSystem)[]) {
      if (name === "uniqueName") continue;
      wrapped[name] = (...args: string[]) =>
        this.#run(
          { name, path: args.at(-1) ?? "" },
          () => (base[name] as (...args: string[]) => Promise<unknown>).apply(base, args),
        );
    }
    this.fileSystem = {
      ...wrapped as unknown as FileSystem,
      stat: (path) => this.#answer({ name: "stat", path }, () => base.stat(path)),
      create: async (path) =>
        this.#wrapFile(path, await this.#run({ name: "create", path }, () => base.create(path))),
      uniqueName: () => base.uniqueName(),
    };
  }

  /** The names of the calls since the last time it was asked. */
  take(): string[] {
    return this.calls.splice(0);
  }

  #wrapFile(path: string, file: WritableFile): WritableFile {
    const run = <T>(name: string, call: () => MaybePromise<T>) => this.#run({ name, path }, call);
    const answer = <T>(name: string, call: () => MaybePromise<T>) =>
      this.#answer({ name, path }, call);
    return {
      write: (bytes, position) =>
        answer("write", () => file.write(bytes.subarray(0, this.bytesPerWrite), position)),
      reserve: (position, length) => run("reserve", () => file.reserve(position, length)),
      chmod: (mode) => run("chmod", () => file.chmod(mode)),
      backdate: () => run("backdate", () => file.backdate()),
      chown: (uid, gid) => run("chown", () => file.chown(uid, gid)),
      stat: () => run("fstat", () => file.stat()),
      sync: () => run("sync", () => file.sync()),
      syncData: () => answer("syncData", () => file.syncData()),
      close: async () => {
        // A close that fails must not leave the descriptor open.
        let closed = false;
        try {
          await run("close", () => (closed = true, file.close()));
        } finally {
          if (!closed) await file.close();
        }
      },
    };
  }

  async #run<T>(call: Call, effect: () => MaybePromise<T>): Promise<T> {
    await this.before(call);
    return await this.#perform(call, effect);
  }

  /** Answers, and fails, at once if the file system does, and nothing is to come before it. */
  #answer<T>(call: Call, effect: () => MaybePromise<T>): MaybePromise<T> {
    // By sevens, since the kinds of persists make three, four, six or nine such calls.
    if (++this.#answers % 7 < 2) return this.#run(call, effect);
    const waiting = this.before(call);
    const perform = () => this.#perform(call, effect);
    return isLater(waiting) ? waiting.then(perform) : perform();
  }

  #perform<T>(call: Call, effect: () => MaybePromise<T>): MaybePromise<T> {
    this.calls.push(call.name);
    const fault = this.faults.find(({ when }) => when(call));
    if (fault === undefined) return effect();
    if (fault.once) this.faults = this.faults.filter((each) => each !== fault);
    const fail = () => {
      throw systemError(fault.code, call.name);
    };
    if (!fault.after) return fail();
    return andThen(effect(), (result) => {
      return call.name === "create" ? (result as WritableFile).close().then(fail) : fail();
    });
  }
}
