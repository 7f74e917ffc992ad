/** Our own store with one fault each: what the kit must find, and tell in a few steps. */
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OffsetTable, type ReadType, serialize } from "../../mod.ts";
import type { Answer, Request } from "../../scripts/conformance/protocol.ts";
import { DriverDied } from "../../scripts/conformance/verdict.ts";
import { QUEUES } from "../../scripts/conformance/cases.ts";
import { store } from "./driver.ts";

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
  /** What was updated since the store was opened, in order. */
  updates: Extract<Request, { op: "update" }>[];
}

export type Fault = {
  readonly [Op in Request["op"]]?: (
    honest: Honest,
    request: Extract<Request, { op: Op }>,
  ) => Promise<Answer>;
};

const OK = { ok: true };
const BROKEN = { ok: false, error: "other", message: "it is broken" };
const text = (path: string) => readFile(path, "utf8").catch(() => undefined);

async function held(honest: Honest, { mq }: { mq: typeof QUEUES[number] }, type: ReadType) {
  return BigInt((await honest.next({ op: "read", mq, type })).offset ?? -1n);
}

/** After a persist, writes the main file again, changed. */
function rewriting(change: (text: string, honest: Honest) => string): Fault {
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
function preparing(change: (text: string, path: string) => string | undefined): Fault {
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
function afterwards(act: (main: string) => Promise<unknown>): Fault {
  return {
    async persist(honest, request) {
      const answer = await honest.next(request);
      await act(honest.main);
      return answer;
    },
  };
}

const update = (
  change: (honest: Honest, request: Extract<Request, { op: "update" }>) => Promise<Answer>,
): Fault => ({ update: change });

const removeAll = (main: string) => rm(dirname(main), { recursive: true, force: true });

/** Each fault under the name of the clause that it breaks. */
export const FAULTS: Record<string, Fault> = {
  U1: update(async (honest, request) =>
    request.increaseOnly && await held(honest, request, "memory") < 0n ? OK : honest.next(request)
  ),
  U2: update((honest, request) => honest.next({ ...request, increaseOnly: false })),
  U3: update(async (honest, request) => {
    const same = BigInt(request.offset) === await held(honest, request, "memory");
    return honest.next(same && request.increaseOnly ? { ...request, offset: "77" } : request);
  }),
  U4: update((honest, request) => honest.next({ ...request, increaseOnly: true })),
  U5: update(async (honest, request) => {
    await honest.next({ ...request, mq: { ...request.mq, queueId: 1 } });
    return honest.next(request);
  }),
  "U5.offsets": {
    async offsets(honest, request) {
      const { offsets = [] } = await honest.next(request);
      return {
        ok: true,
        offsets: [...offsets, ...(await honest.next({ ...request, topic: "ab" })).offsets!],
      };
    },
  },
  U6: update((honest, request) =>
    honest.next({ ...request, offset: String(BigInt.asIntN(64, BigInt(Number(request.offset)))) })
  ),
  "U6.refusal": update(async (honest, request) => {
    await honest.next(request);
    return OK;
  }),
  U7: {
    freeze: (honest, request) => honest.next({ ...request, op: "update", increaseOnly: false }),
  },
  "R1.memory": {
    async read(honest, request) {
      const stored = await honest.next({ ...request, type: "store" });
      return request.type === "memory" && stored.offset !== "-1" ? stored : honest.next(request);
    },
  },
  "R1.memory-then-store": {
    read: (honest, request) =>
      honest.next(request.type === "memory" ? request : { ...request, type: "store" }),
  },
  "R1.store": {
    async read(honest, request) {
      const answer = await honest.next(request);
      return answer.offset === "-1" ? honest.next({ ...request, type: "memory" }) : answer;
    },
  },
  "R1.negative": {
    async read(honest, request) {
      const last = honest.updates.at(-1);
      if (request.type === "memory-then-store" && last !== undefined && BigInt(last.offset) < 0n) {
        return { ok: true, offset: last.offset };
      }
      return honest.next(request);
    },
  },
  R2: {
    async read(honest, request) {
      const stored = await honest.next({ ...request, type: "store" });
      return stored.ok ? honest.next(request) : stored;
    },
  },
  R3: {
    async read(honest, request) {
      const answer = await honest.next(request);
      const { mq, type } = request;
      const offset = answer.offset!;
      if (type === "store" && offset !== "-1") {
        await honest.next({ op: "update", mq, offset, increaseOnly: false });
      }
      return answer;
    },
  },
  "R3.adopts": {
    async read(honest, request) {
      if (request.type === "store") {
        for (const mq of QUEUES) await honest.next({ ...request, mq });
      }
      return honest.next(request);
    },
  },
  D1: { remove: () => Promise.resolve(OK) },
  "D1.durable": {
    async remove(_, { mq }) {
      await store!.deleteDurable(mq);
      return OK;
    },
  },
  S1: update((honest, request) =>
    request.mq.topic === "" || request.mq.brokerName === ""
      ? Promise.resolve(OK)
      : honest.next(request)
  ),
  S2: rewriting((_, { updates }) =>
    serialize(OffsetTable.from([]))
      .replace(
        "{}",
        `{${
          updates.map(({ mq, offset }) =>
            serialize(OffsetTable.from([[mq, BigInt(offset)]])).slice(16, -2)
          ).join(",")
        }}`,
      )
  ),
  S3: rewriting((written) => written.replace("{", "{ ")),
  S4: rewriting((written) => written + "\n"),
  S5: preparing((found) => /\s/.test(found) ? undefined : found),
  "S5.refusal": preparing((found) => found.replace(/^\ufeff/, "").replace(/:42\.5|:"42"/, ":42")),
  S6: preparing((found) => {
    const whole = found.match(/"\{.*?\}":\d+/g) ?? [];
    return `{"offsetTable":{${whole.join(",")}}}`;
  }),
  "S6.survives": {
    async open(honest, request) {
      const found = await text(honest.main);
      if (found !== undefined && !found.startsWith("{")) {
        throw new DriverDied("overflowed its stack", "");
      }
      return honest.next(request);
    },
  },
  S7: preparing((found) => found.startsWith("{\n") ? "{}" : found),
  L1: { read: () => Promise.resolve({ ok: true, offset: "0" }) },
  L2: {
    open: (honest, request) =>
      rm(`${honest.main}.bak`, { force: true }).then(() => honest.next(request)),
  },
  "L2.temporary": {
    open: (honest, request) =>
      rm(`${honest.main}.tmp`, { force: true }).then(() => honest.next(request)),
  },
  "L2.own": afterwards((main) => writeFile(`${main}.bak`, "")),
  L3: {
    open: async (honest, request) => ({ ...await honest.next(request), outcome: "loaded" }),
  },
  L4: {
    async open(honest, request) {
      const answer = await honest.next(request);
      if (answer.ok) return answer;
      await removeAll(honest.main);
      return honest.next(request);
    },
  },
  "L4.evidence": {
    async open(honest, request) {
      const answer = await honest.next(request);
      if (!answer.ok) await removeAll(honest.main);
      return answer;
    },
  },
  L5: {
    async open(honest, request) {
      const answer = await honest.next(request);
      if (answer.ok) return answer;
      return honest.next({ ...request, group: `${request.group}-fresh` });
    },
  },
  P1: {
    persist: (honest, request) =>
      honest.persists % 2 === 0 ? Promise.resolve(OK) : honest.next(request),
  },
  "P1.fresh": {
    async persist(honest, request) {
      if (await readdir(dirname(honest.main)).catch(() => undefined) === undefined) return BROKEN;
      return honest.next(request);
    },
  },
  "P1.named": {
    persist: (honest, request) =>
      request.mqs === undefined ? honest.next(request) : Promise.resolve(OK),
  },
  "P1.none": { persist: (honest) => honest.next({ op: "persist" }) },
  P2: {
    persist: (honest, request) =>
      honest.persists === 1 ? Promise.resolve(OK) : honest.next(request),
  },
  // All these drivers are relaxed: they sync nothing.
  "P2.synced": {},
  P3: {
    async persist(honest, request) {
      await rm(`${honest.main}.bak`, { force: true });
      await rm(honest.main, { force: true });
      const next = `${honest.main}.new`;
      await mkdir(dirname(next), { recursive: true });
      await writeFile(next, serialize(store!.snapshot()));
      await rename(next, honest.main);
      return request.mqs === undefined ? OK : BROKEN;
    },
  },
  "P3.twice": {
    async persist({ main }) {
      await mkdir(dirname(main), { recursive: true });
      await copyFile(main, `${main}.bak`).catch(() => {});
      await writeFile(main, serialize(store!.snapshot()));
      return OK;
    },
  },
  P4: {
    persist: async (honest, request) => {
      await honest.next(request);
      return OK;
    },
  },
  "P4.old": {
    async persist(honest, request) {
      const answer = await honest.next(request);
      if (!answer.ok) {
        for (const suffix of ["", ".bak"]) {
          await writeFile(honest.main + suffix, "");
        }
      }
      return answer;
    },
  },
  "P4.next": {
    persist: (honest, request) => honest.failed ? Promise.resolve(BROKEN) : honest.next(request),
  },
  "P4.bad-files": {
    persist: async (honest, request) => {
      const answer = await honest.next(request);
      return answer.error === "conflict" ? OK : answer;
    },
  },
  P5: {
    persist: (honest, request) => honest.persists > 2 ? Promise.resolve(OK) : honest.next(request),
  },
  P6: rewriting((written) => written),
  P7: afterwards((main) => copyFile(main, `${main}.bak`).catch(() => {})),
  "P7.bad-main": {
    async persist(honest, request) {
      await copyFile(honest.main, `${honest.main}.bak`).catch(() => {});
      return honest.next(request);
    },
  },
  P8: afterwards((main) => writeFile(`${main}.${Math.random()}`, "")),
  "P8.foreign": {
    async open(honest, request) {
      const names = await readdir(dirname(honest.main)).catch(() => []);
      for (const name of names) {
        if (!name.startsWith("offset.json")) await rm(join(dirname(honest.main), name));
      }
      return honest.next(request);
    },
  },
  P9: {
    async persist(honest, request) {
      const answer = await honest.next(request);
      if (answer.error !== "conflict") return answer;
      await writeFile(honest.main, serialize(store!.snapshot()));
      return OK;
    },
  },
  G1: {
    open: (honest, { clientId, group, ...request }) =>
      honest.next({ ...request, clientId: group, group: clientId }),
  },
  "G1.apart": {
    open: (honest, request) => honest.next({ ...request, group: "group" }),
  },
};
