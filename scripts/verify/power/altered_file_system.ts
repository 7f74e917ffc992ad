import process from "node:process";
import { type FileSystem, nodeFileSystem, type WritableFile } from "../../../mod.ts";
import type { Random } from "../../lib/random.ts";
import type { Sabotage } from "./writers.ts";

/** The real file system with a step of the protocol left out; `undefined` if none is. */
export function sabotagedFileSystem(sabotage: Sabotage | undefined): FileSystem | undefined {
  if (sabotage === "unsynced-journal") {
    return {
      ...nodeFileSystem,
      create: async (path) => {
        const file = await nodeFileSystem.create(path);
        return { ...file, syncData: async () => {} };
      },
    };
  }
  if (sabotage !== "no-last-sync") return undefined;
  let isRenamed = false;
  return {
    ...nodeFileSystem,
    async rename(from, to) {
      await nodeFileSystem.rename(from, to);
      isRenamed = true;
    },
    async syncDirectory(path) {
      if (!isRenamed) return await nodeFileSystem.syncDirectory(path);
      isRenamed = false;
    },
  };
}

/** The real file system in which the process is killed at a call: before it is made, or after it. */
export function mortalFileSystem(calls: number, random: Random): FileSystem {
  let left = calls;
  const die = () => process.kill(process.pid, "SIGKILL");
  const isBefore = random.chance(0.5);
  const wrap = <T extends object>(object: T): T => {
    const wrapped = { ...object } as Record<string, unknown>;
    for (const [name, method] of Object.entries(object)) {
      if (typeof method !== "function") continue;
      wrapped[name] = (...args: unknown[]) => {
        const isLast = --left === 0;
        if (isLast && isBefore) die();
        const answer = method.apply(object, args);
        if (isLast && answer instanceof Promise) return answer.finally(die);
        if (isLast) die();
        if (name !== "create") return answer;
        return (answer as Promise<WritableFile>).then((file) => wrap(file));
      };
    }
    return wrapped as T;
  };
  return wrap(nodeFileSystem);
}
