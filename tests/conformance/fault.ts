/** The parts of faults. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ReadType } from "../../mod.ts";
import type { QUEUES } from "../../scripts/conformance/cases.ts";
import type { Answer, Request } from "../../scripts/conformance/protocol.ts";
import type { FakeFiles } from "./fake_files.ts";

/** The honest driver, and its state in this run. */
export interface Honest {
  /** Lets the honest driver answer. */
  next(request: Request): Promise<Answer>;
  /** The main file, where the store has it. */
  main: string;
  /** The only way to delete or rename a file. */
  readonly files: FakeFiles;
  /** The number of persists since the store was opened. */
  persists: number;
  /** Whether a persist has failed. */
  failed: boolean;
  /** The updates since the store was opened, in order. */
  updates: Extract<Request, { op: "update" }>[];
}

export type Fault = {
  readonly [Op in Request["op"]]?: (
    honest: Honest,
    request: Extract<Request, { op: Op }>,
  ) => Promise<Answer>;
};

export const OK = { ok: true };
export const BROKEN = { ok: false, error: "other", message: "it is broken" };
export const text = (path: string) => unlessMissing(readFile(path, "utf8"));

/** The result of an access to a file, `undefined` if there is no file. */
export async function unlessMissing<T>(access: Promise<T>): Promise<T | undefined> {
  try {
    return await access;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export async function held(honest: Honest, { mq }: { mq: typeof QUEUES[number] }, type: ReadType) {
  return BigInt((await honest.next({ op: "read", mq, type })).offset ?? -1n);
}

/** After a persist, writes the main file again, changed. */
export function rewriting(change: (text: string, honest: Honest) => string): Fault {
  return {
    async persist(honest, request) {
      const answer = await honest.next(request);
      const written = await text(honest.main);
      if (written !== undefined) await writeFile(honest.main, change(written, honest));
      return answer;
    },
  };
}

/** Before it is opened, changes the main file; undefined removes it. */
export function preparing(change: (text: string, path: string) => string | undefined): Fault {
  return {
    async open(honest, request) {
      const before = await text(honest.main);
      if (before !== undefined) {
        const after = change(before, honest.main);
        if (after === undefined) await honest.files.unlink(honest.main);
        else if (after !== before) await writeFile(honest.main, after);
      }
      return honest.next(request);
    },
  };
}

/** After a persist, does something to the files. */
export function afterwards(act: (main: string, files: FakeFiles) => Promise<unknown>): Fault {
  return {
    async persist(honest, request) {
      const answer = await honest.next(request);
      await act(honest.main, honest.files);
      return answer;
    },
  };
}

export const update = (
  change: (honest: Honest, request: Extract<Request, { op: "update" }>) => Promise<Answer>,
): Fault => ({ update: change });

/** Deletes the main file, and the files whose names begin with its name. */
export async function deleteFiles({ main, files }: Honest): Promise<void> {
  const names = await unlessMissing(readdir(dirname(main))) ?? [];
  for (const name of names.filter((each) => each.startsWith(basename(main)))) {
    await files.unlink(join(dirname(main), name));
  }
}
