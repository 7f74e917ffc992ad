/** What the faults are made of. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ReadType } from "../../mod.ts";
import type { QUEUES } from "../../scripts/conformance/cases.ts";
import type { Answer, Request } from "../../scripts/conformance/protocol.ts";

/** What a fault may use: the honest driver, and what it remembers of the run. */
export interface Honest {
  /** Lets the honest driver answer. */
  next(request: Request): Promise<Answer>;
  /** The main file, where the store has it. */
  main: string;
  /** How many persists there were since the store was opened. */
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
export const text = (path: string) => readFile(path, "utf8").catch(() => undefined);

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
        if (after === undefined) await rm(honest.main);
        else if (after !== before) await writeFile(honest.main, after);
      }
      return honest.next(request);
    },
  };
}

/** After a persist, does something to the files. */
export function afterwards(act: (main: string) => Promise<unknown>): Fault {
  return {
    async persist(honest, request) {
      const answer = await honest.next(request);
      await act(honest.main);
      return answer;
    },
  };
}

export const update = (
  change: (honest: Honest, request: Extract<Request, { op: "update" }>) => Promise<Answer>,
): Fault => ({ update: change });

export const removeAll = (main: string) => rm(dirname(main), { recursive: true, force: true });
