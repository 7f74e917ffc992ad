import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Program, startProgram } from "../../broker/run_program.ts";
import { type ConsumerPlan, GROUP } from "./consumer_plan.ts";
import type { Sender } from "./sender.ts";
import { waitFor } from "./wait_for.ts";

const PROGRAM = fileURLToPath(new URL("consumer.ts", import.meta.url));

/** So many that each of four queues gets two. */
const LAST_MESSAGES = 8;

/** The fate of the messages that were sent. */
export interface Outcome {
  readonly sent: number;
  /** Messages that no handler saw the end of. */
  readonly lost: number;
  /** Messages that handlers saw the end of more than once. */
  readonly again: number;
}

/** Where consumers of a check run: the broker, the command that starts a runtime, a folder. */
export interface Ground {
  readonly nameServer: string;
  readonly sender: Sender;
  readonly runtime: readonly [string, ...string[]];
  readonly folder: string;
}

/** A topic of four queues, and a home directory for the consumers of one check. */
export class Stage {
  readonly topic: string;
  readonly home: string;
  readonly #ground: Ground;
  readonly #running = new Set<Program>();
  #sent = 0;

  private constructor(ground: Ground, topic: string) {
    this.#ground = ground;
    this.topic = topic;
    this.home = join(ground.folder, topic);
    mkdirSync(this.home, { recursive: true });
  }

  /** Makes the topic, uses it, and kills the consumers that are left. */
  static async use<T>(
    ground: Ground,
    topic: string,
    act: (stage: Stage) => Promise<T>,
  ): Promise<T> {
    const stage = new Stage(ground, topic);
    await stage.setQueues(4);
    try {
      return await act(stage);
    } finally {
      for (const consumer of stage.#running) await stage.kill(consumer);
    }
  }

  setQueues(queues: number): Promise<void> {
    return this.#ground.sender.setQueues(this.topic, queues);
  }

  /** Sends messages, to one queue after the other. */
  async send(count: number): Promise<void> {
    await this.#ground.sender.send(this.topic, this.#sent, this.#sent + count);
    this.#sent += count;
  }

  /** Starts a consumer and waits until it is ready. */
  async start(plan: Partial<ConsumerPlan> = {}): Promise<Program> {
    const program = this.begin(plan);
    await this.said(program, /^ready$/m);
    return program;
  }

  /** Starts a consumer. */
  begin(plan: Partial<ConsumerPlan> = {}): Program {
    const [command, ...args] = this.#ground.runtime;
    const full: ConsumerPlan = {
      nameServer: this.#ground.nameServer,
      topic: this.topic,
      store: "ours",
      persistEachMessage: false,
      exclusive: true,
      from: "first",
      instanceName: "DEFAULT",
      log: this.#log,
      handlerMs: 0,
      holdAfter: null,
      persistMs: 5000,
      ...plan,
    };
    const all = [...args, PROGRAM, JSON.stringify(full)];
    const program = startProgram(command, all, { env: { HOME: this.home } });
    this.#running.add(program);
    return program;
  }

  /** Waits until a consumer has printed something that matches; rejects with what it printed. */
  async said(consumer: Program, pattern: RegExp): Promise<RegExpMatchArray> {
    let match: RegExpMatchArray | undefined;
    consumer.printed(pattern).then((found) => match = found, () => {});
    try {
      await waitFor(String(pattern), () => match !== undefined);
    } catch (error) {
      throw new Error(`${(error as Error).message}; it said:\n${consumer.output()}`);
    }
    return match!;
  }

  /** Kills a consumer. */
  async kill(consumer: Program): Promise<void> {
    consumer.kill("SIGKILL");
    await consumer.ended;
    this.#running.delete(consumer);
  }

  /** Closes a consumer with SIGTERM. */
  async close(consumer: Program): Promise<void> {
    // After `consumer.kill`, Deno 2.9 tells the signal even if the process ends with a code.
    process.kill(consumer.pid, "SIGTERM");
    const how = await consumer.ended;
    this.#running.delete(consumer);
    if (how !== 0) throw new Error(`the consumer ended with ${how}:\n${consumer.output()}`);
  }

  /** Lets a last consumer handle all remaining messages, and returns their fate. */
  async finish(plan: Partial<ConsumerPlan> = {}): Promise<Outcome> {
    const consumer = await this.start(plan);
    // Behind these, nothing is left in any queue.
    const last = this.#sent;
    await this.send(LAST_MESSAGES);
    await waitFor("the last messages", () => {
      return this.#times().slice(last).every((each) => each > 0);
    });
    await this.close(consumer);
    const times = this.#times();
    return {
      sent: this.#sent,
      lost: times.filter((each) => each === 0).length,
      again: times.filter((each) => each > 1).length,
    };
  }

  /** The path of a file of the store. */
  path(name: string): string {
    return join(this.home, ".rocketmq_offsets_node", "127.0.0.1@DEFAULT", GROUP, name);
  }

  get #log(): string {
    return join(this.home, "handled.log");
  }

  /** How often each message was handled. */
  #times(): number[] {
    const times = Array.from({ length: this.#sent }, () => 0);
    if (!existsSync(this.#log)) return times;
    for (const line of readFileSync(this.#log, "utf8").split("\n")) {
      if (line !== "") times[Number(line)]++;
    }
    return times;
  }
}
