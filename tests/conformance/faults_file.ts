/** Faults of the text and of loads, each under the name of the clause that it breaks. */
import { writeFile } from "node:fs/promises";
import { OffsetTable, serialize } from "../../mod.ts";
import { DriverDied } from "../../scripts/conformance/verdict.ts";
import {
  afterwards,
  deleteFiles,
  type Fault,
  OK,
  preparing,
  rewriting,
  text,
  unlessMissing,
  update,
} from "./fault.ts";

export const FILE_FAULTS: Record<string, Fault> = {
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
    async open(honest, request) {
      await unlessMissing(honest.files.unlink(`${honest.main}.bak`));
      return honest.next(request);
    },
  },
  "L2.temporary": {
    async open(honest, request) {
      await unlessMissing(honest.files.unlink(`${honest.main}.tmp`));
      return honest.next(request);
    },
  },
  "L2.own": afterwards((main) => writeFile(`${main}.bak`, "")),
  L3: {
    open: async (honest, request) => ({ ...await honest.next(request), outcome: "loaded" }),
  },
  L4: {
    async open(honest, request) {
      const answer = await honest.next(request);
      if (answer.ok) return answer;
      await deleteFiles(honest);
      return honest.next(request);
    },
  },
  "L4.evidence": {
    async open(honest, request) {
      const answer = await honest.next(request);
      if (!answer.ok) await deleteFiles(honest);
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
};
