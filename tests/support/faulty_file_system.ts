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
 */
export class FaultyFileSystem {
  readonly calls: string[] = [];
  /** The paths under which the open files were created. */
  readonly open: string[] = [];
  /** Calls on a file that was closed: by then another file may have its descriptor. */
  readonly misuses: string[] = [];
  readonly fileSystem: FileSystem;
  faults: Fault[] = [];
  /** Is awaited before each call. */
  before: (call: Call) => Promise<void> | void = () => {};
  /** How many bytes a write takes at most. */
  bytesPerWrite = Infinity;

  constructor(base: FileSystem = nodeFileSystem) {
    const wrapped: Partial<Record<string, unknown>> = {};
    for (const name of Object.keys(base) as (keyof FileSystem)[]) {
      if (name === "uniqueName" || name === "now") continue;
      wrapped[name] = (...args: string[]) =>
        this.#run(
          // A pause has no path, but a length.
          { name, path: name === "pause" ? String(args[0]) : args.at(-1) ?? "" },
          () => (base[name] as (...args: string[]) => Promise<unknown>).apply(base, args),
        );
    }
    this.fileSystem = {
      ...wrapped as unknown as FileSystem,
      create: async (path) =>
        this.#wrapFile(path, await this.#run({ name: "create", path }, () => base.create(path))),
      now: () => base.now(),
      uniqueName: () => base.uniqueName(),
    };
  }

  /** The names of the calls since the last time it was asked. */
  take(): string[] {
    return this.calls.splice(0);
  }

  #wrapFile(path: string, file: WritableFile): WritableFile {
    let isClosed = false;
    this.open.push(path);
    const run = async <T>(name: string, call: () => Promise<T>) => {
      if (!isClosed) return await this.#run({ name, path }, call);
      this.misuses.push(`${name} ${path}`);
      throw systemError("EBADF", name);
    };
    return {
      write: (bytes, position) =>
        run("write", () => file.write(bytes.subarray(0, this.bytesPerWrite), position)),
      reserve: (position, length) => run("reserve", () => file.reserve(position, length)),
      truncate: (length) => run("truncate", () => file.truncate(length)),
      chmod: (mode) => run("chmod", () => file.chmod(mode)),
      backdate: () => run("backdate", () => file.backdate()),
      chown: (uid, gid) => run("chown", () => file.chown(uid, gid)),
      stat: () => run("fstat", () => file.stat()),
      sync: () => run("sync", () => file.sync()),
      syncData: () => run("syncData", () => file.syncData()),
      close: async () => {
        const closing = run("close", () => Promise.resolve());
        if (isClosed) return await closing;
        isClosed = true;
        this.open.splice(this.open.indexOf(path), 1);
        try {
          await closing;
        } finally {
          // A close that fails must not leave the descriptor open.
          await file.close();
        }
      },
    };
  }

  async #run<T>(call: Call, effect: () => Promise<T>): Promise<T> {
    await this.before(call);
    this.calls.push(call.name);
    const fault = this.faults.find(({ when }) => when(call));
    if (fault === undefined) return await effect();
    if (fault.once) this.faults = this.faults.filter((each) => each !== fault);
    if (fault.after) {
      const result = await effect();
      if (call.name === "create") await (result as WritableFile).close();
    }
    throw systemError(fault.code, call.name);
  }
}
