/** Faults of updates, reads and removals, each under the name of the clause that it breaks. */
import { QUEUES } from "../../scripts/conformance/cases.ts";
import { store } from "./driver.ts";
import { type Fault, held, OK, update } from "./fault.ts";

export const UPDATE_FAULTS: Record<string, Fault> = {
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
};
