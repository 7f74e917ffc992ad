/** A driver with one fault, in this process or, `broken_driver.ts CLAUSE DIRECTORY`, in one of its own. */
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Answer, Driver, Request } from "../../scripts/conformance/protocol.ts";
import { NotShown } from "../../scripts/conformance/verdict.ts";
import { answer } from "./driver.ts";
import type { Fault, Honest } from "./fault.ts";
import { FakeFiles } from "./fake_files.ts";
import { FAULTS } from "./faults.ts";

const RELAXED: Record<string, object> = { open: { durability: "relaxed" } };

export class BrokenDriver implements Driver {
  readonly pid = undefined;
  readonly #fault: Fault;
  readonly #honest: Honest;

  constructor(fault: Fault, files: FakeFiles) {
    this.#fault = fault;
    // Syncing is slow, and no test here cuts the power.
    const next = (request: Request) => answer({ ...request, ...RELAXED[request.op] });
    this.#honest = { next, main: "", files, persists: 0, failed: false, updates: [] };
  }

  static async start(
    fault: Fault,
    files: FakeFiles,
    prefix: readonly string[] = [],
  ): Promise<BrokenDriver> {
    if (prefix.length > 0) throw new NotShown("it is no process of its own");
    return new BrokenDriver(fault, files);
  }

  async request(request: Request): Promise<Answer> {
    const honest = this.#honest;
    if (request.op === "open") {
      honest.main = join(request.root, request.clientId, request.group, "offset.json");
      Object.assign(honest, { persists: 0, failed: false, updates: [] });
    }
    if (request.op === "persist") honest.persists++;
    if (request.op === "update") honest.updates.push(request);
    const break_ = this.#fault[request.op] as
      | ((honest: Honest, request: Request) => Promise<Answer>)
      | undefined;
    const answered = await (break_ ? break_(honest, request) : honest.next(request));
    if (request.op === "persist" && !answered.ok) honest.failed = true;
    return answered;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  /** The next store is opened from the files, as after a kill. */
  kill(): Promise<void> {
    return Promise.resolve();
  }
}

if (import.meta.main) {
  const [clause, directory] = process.argv.slice(2);
  const driver = new BrokenDriver(FAULTS[clause], await FakeFiles.of(directory));
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await driver.request(JSON.parse(line))) + "\n");
  }
}
