/** Drivers that have no store, in this process or, `vacuous_driver.ts KIND`, in one of their own. */
import process from "node:process";
import { createInterface } from "node:readline";
import { QUEUES } from "../../scripts/conformance/cases.ts";
import type { Driver, Request } from "../../scripts/conformance/protocol.ts";
import { NotShown } from "../../scripts/conformance/verdict.ts";

const HELLO = { ok: true, name: "vacuous", version: "0", profile: "reference", format: "go" };
const same = (offset: string) => (request: Request) => ({
  ok: true,
  offset,
  outcome: request.op === "open" ? "fresh" : undefined,
  offsets: offset === "-1" ? [] : QUEUES.filter(({ topic }) => topic === "a").map((mq) => ({
    mq,
    offset,
  })),
});

/** The answers of each driver. */
export const VACUOUS: Record<string, (request: Request) => object> = {
  "42": same("42"),
  "0": same("0"),
  none: same("-1"),
  ok: () => ({ ok: true }),
  refuses: () => ({ ok: false, error: "other" }),
  corrupt: () => ({ ok: false, error: "corrupt" }),
};

export class VacuousDriver implements Driver {
  readonly pid = undefined;
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  static async start(kind: string, prefix: readonly string[] = []): Promise<VacuousDriver> {
    if (prefix.length > 0) throw new NotShown("it is no process of its own");
    return new VacuousDriver(kind);
  }

  async request(request: Request): Promise<unknown> {
    return request.op === "hello" ? HELLO : VACUOUS[this.#kind](request);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  kill(): Promise<void> {
    return Promise.resolve();
  }
}

if (import.meta.main) {
  const driver = new VacuousDriver(process.argv[2]);
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await driver.request(JSON.parse(line))) + "\n");
  }
}
