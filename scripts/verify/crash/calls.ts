/** Random calls of a file system, over names so few that they meet. */
import fc from "fast-check";
import { join } from "node:path";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";

/** Two directories deep; each name may be that of a file, of a directory, or of nothing. */
export const NAMES = ["a", "b", "a/a", "a/b", "b/a", "a/a/a"];

/** One call; `toString` makes a failing sequence readable. */
export interface Call {
  readonly kind: string;
  readonly toString: () => string;
  readonly run: (caller: Caller) => Promise<unknown>;
}

export type Answer = { readonly code: string | undefined } | { readonly answer: unknown };

/** Makes calls on a file system, and keeps the files that it has open. */
export class Caller {
  readonly fileSystem: FileSystem;
  readonly root: string;
  readonly files: WritableFile[] = [];

  constructor(fileSystem: FileSystem, root: string) {
    this.fileSystem = fileSystem;
    this.root = root;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  async perform({ run }: Call): Promise<Answer> {
    try {
      return { answer: await run(this) };
    } catch (error) {
      return { code: (error as { code?: string }).code };
    }
  }

  async closeAll(): Promise<void> {
    for (const file of this.files.splice(0)) await file.close();
  }
}

const name = fc.constantFrom(...NAMES);

type ByName = (fileSystem: FileSystem, path: string, caller: Caller) => Promise<unknown>;

const BY_NAME: Readonly<Record<string, ByName>> = {
  async readFile(fileSystem, path) {
    const { bytes, info } = await fileSystem.readFile(path);
    return [[...bytes], sizeAndMode(info)];
  },
  // A directory's size is its file system's affair.
  async stat(fileSystem, path) {
    const info = await fileSystem.stat(path);
    if (info === undefined) return "nothing";
    return info.mode === 0o700 ? "directory" : sizeAndMode(info);
  },
  readLink: (fileSystem, path) => fileSystem.readLink(path),
  readDirectory: async (fileSystem, path) => (await fileSystem.readDirectory(path)).sort(),
  async create(fileSystem, path, { files }) {
    files.push(await fileSystem.create(path));
  },
  syncFile: (fileSystem, path) => fileSystem.syncFile(path),
  syncDirectory: (fileSystem, path) => fileSystem.syncDirectory(path),
  async unlink(fileSystem, path) {
    // Linux refuses; Deno's `unlink` removes an empty directory. The store unlinks none.
    const info = await fileSystem.stat(path).catch(() => undefined);
    if (info?.mode === 0o700) return "not tried on a directory";
    await fileSystem.unlink(path);
  },
  makeDirectory: (fileSystem, path) => fileSystem.makeDirectory(path),
  chownDirectory: (fileSystem, path) => fileSystem.chownDirectory(path, 1, 1),
  removeDirectory: (fileSystem, path) => fileSystem.removeDirectory(path),
};

const BY_TWO_NAMES = {
  link: (fileSystem: FileSystem, from: string, to: string) => fileSystem.link(from, to),
  rename: (fileSystem: FileSystem, from: string, to: string) => fileSystem.rename(from, to),
};

type OfFile = (file: WritableFile, caller: Caller) => unknown;

const OF_FILE: Readonly<Record<string, OfFile>> = {
  chmod: (file) => file.chmod(0o640),
  // Only root may; both systems must agree on that, too.
  chown: (file) => file.chown(1, 2),
  backdate: (file) => file.backdate(),
  fileStat: async (file) => sizeAndMode(await file.stat()),
  sync: (file) => file.sync(),
  syncData: (file) => file.syncData(),
  async close(file, { files }) {
    files.splice(files.indexOf(file), 1);
    await file.close();
  },
};

function sizeAndMode({ size, mode }: FileInfo): readonly [number, number] {
  return [size, mode];
}

function onName(kind: string, name: string): Call {
  return {
    kind,
    toString: () => `${kind} ${name}`,
    run: (caller) => BY_NAME[kind](caller.fileSystem, caller.path(name), caller),
  };
}

const byName = fc.tuple(fc.constantFrom(...Object.keys(BY_NAME)), name)
  .map(([kind, name]) => onName(kind, name));

const byTwoNames = fc.tuple(fc.constantFrom("link" as const, "rename" as const), name, name)
  .map(([kind, from, to]): Call => ({
    kind,
    toString: () => `${kind} ${from} ${to}`,
    run: (caller) => BY_TWO_NAMES[kind](caller.fileSystem, caller.path(from), caller.path(to)),
  }));

/** The files that are open have names no longer, perhaps; they are picked by a number. */
function ofFile(kind: string, pick: number, run: OfFile): Call {
  return {
    kind,
    toString: () => `${kind} of open file ${pick}`,
    async run(caller) {
      const { files } = caller;
      return files.length === 0 ? "no file is open" : await run(files[pick % files.length], caller);
    },
  };
}

const pick = fc.nat({ max: 3 });

const onFile = fc.tuple(fc.constantFrom(...Object.keys(OF_FILE)), pick)
  .map(([kind, pick]) => ofFile(kind, pick, OF_FILE[kind]));

/** Less than a block of the simulation, one, more, and several. */
const bytes = fc.tuple(fc.constantFrom(0, 1, 63, 64, 65, 200), fc.integer({ min: 0, max: 255 }))
  .map(([length, byte]) => new Uint8Array(length).fill(byte));

/** At the beginning, within a block, at the end of one, and perhaps behind a hole. */
const position = fc.constantFrom(0, 1, 63, 64, 200);

const write = fc.tuple(pick, bytes, position)
  .map(([pick, bytes, position]) => ofFile("write", pick, (file) => file.write(bytes, position)));

/** Without a beginning, most calls would find nothing. */
const beginning = fc.constantFrom(
  [],
  [onName("makeDirectory", "a"), onName("create", "a/a"), onName("create", "b")],
  [onName("makeDirectory", "a"), onName("makeDirectory", "b"), onName("create", "b/a")],
  [onName("makeDirectory", "a"), onName("makeDirectory", "a/a"), onName("create", "a/a/a")],
);

/** A sequence of calls. */
export const calls: fc.Arbitrary<Call[]> = fc.tuple(
  beginning,
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: byName },
      { weight: 4, arbitrary: byTwoNames },
      { weight: 2, arbitrary: onFile },
      { weight: 2, arbitrary: write },
    ),
    { maxLength: 20, size: "max" },
  ),
).map(([first, then]) => [...first, ...then]);
