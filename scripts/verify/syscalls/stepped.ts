import type { FileSystem, WritableFile } from "../../../mod.ts";

/** A file system that says so before each of its calls. */
export function stepped(base: FileSystem, step: () => void): FileSystem {
  const wrapped = steppedCalls(base, step);
  return {
    ...wrapped,
    create: async (path) => steppedCalls(await wrapped.create(path), step),
    // These touch no file.
    pause: base.pause,
    now: base.now,
    uniqueName: base.uniqueName,
  };
}

function steppedCalls<T extends FileSystem | WritableFile>(base: T, step: () => void): T {
  const calls = Object.entries(base).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      step();
      return call.apply(base, args);
    },
  ]);
  return Object.fromEntries(calls);
}
