import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeFileSystem } from "../../../mod.ts";
import { recover } from "../../../src/file/recovery/recover.ts";
import { Child, type Ending } from "../../lib/child.ts";
import { generationOf } from "./generation.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import { commandLine, environment, type Program } from "../../lib/programs.ts";
import type { Random } from "../../lib/random.ts";
import { findRemains, type Remains } from "./remains.ts";
import type { VictimOptions } from "./victim.ts";

/** When a victim is killed: so long after it said something so often. */
interface Moment {
  readonly after: "start" | "L" | "A";
  readonly times: number;
  readonly ms: number;
}

/** The result of a kill. */
export interface Kill {
  /** How many persists were acknowledged. */
  readonly acknowledged: number;
  /** How often the victim opened the store. */
  readonly loads: number;
  /** The outcome that the load after the kill reported. */
  readonly outcome: string;
  readonly remains: Remains;
}

/** Something was lost, or is not as it must be; `directory` holds the evidence. */
export class LossError extends Error {
  override readonly name = "LossError";
  readonly directory: string;

  constructor(directory: string, reason: string, options?: ErrorOptions) {
    super(`Cannot go on in "${directory}": ${reason}`, options);
    this.directory = directory;
  }
}

/** The unprepared end of a victim: our kill, or an interrupt of this program and its children. */
const KILLS = ["SIGKILL", "SIGINT", "SIGTERM"];

/** The longest pause before a kill: several persists fit in, or the start of a runtime. */
const MAX_PAUSE = { start: 60, L: 8, A: 8 };

/** One store after the other, each killed many times; two lanes keep two processors busy. */
export class Lane {
  readonly #folder: string;
  readonly #program: Program;
  readonly #executables: Readonly<Partial<Record<Runtime, string>>>;
  #root = "";
  #stores = 0;
  #killsLeft = 0;
  #queues = 0;
  /** The offsets that the store must not fall behind: acknowledged, or loaded. */
  #floor = 0;
  #temporaries = 0;

  constructor(
    folder: string,
    program: Program,
    executables: Readonly<Partial<Record<Runtime, string>>>,
  ) {
    this.#folder = folder;
    this.#program = program;
    this.#executables = executables;
  }

  /** Starts a victim, kills it, and checks what is left. */
  async kill(runtime: Runtime, random: Random): Promise<Kill> {
    if (this.#killsLeft-- === 0) await this.#beginStore(random);
    const options: VictimOptions = {
      queues: this.#queues,
      writers: random.chance(0.3) ? 2 : 1,
      reopenEvery: random.chance(0.2) ? 2 : 0,
      // Without syncs more of the time is spent between the other calls.
      durability: random.chance(0.3) ? "relaxed" : "full",
      onConflict: random.chance(0.5) ? "merge" : "throw",
      // Short ones outgrow their snapshot again and again; and who has none finds those of others.
      journal: random.pick([false, true, { compactAtBytes: 0 }, { compactAtBytes: 2000 }]),
    };
    const moment = chooseMoment(random);
    const ending = await this.#run(runtime, options, moment);
    try {
      return await this.#check(ending, options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const story = { runtime, options, moment, floor: this.#floor, ...ending, reason };
      await writeFile(join(this.#root, "story.json"), JSON.stringify(story, undefined, 2));
      throw new LossError(this.#root, `${reason}\n  ${summary(story)}`, { cause: error });
    }
  }

  async #beginStore(random: Random): Promise<void> {
    if (this.#stores > 0) await rm(this.#root, { recursive: true });
    this.#root = join(this.#folder, `store-${++this.#stores}`);
    // The first persist of all makes the directories: let it be killed often.
    this.#killsLeft = Math.floor(random.next() ** 3 * 200);
    this.#queues = random.pick([1, 1, 7, 7, 60, 60, 600]);
    this.#floor = 0;
    this.#temporaries = 0;
    await mkdir(this.#root, { recursive: true });
  }

  async #run(runtime: Runtime, options: VictimOptions, moment: Moment): Promise<Ending> {
    const args = [join(this.#root, "offsets"), JSON.stringify(options)];
    const command = commandLine(runtime, this.#executables[runtime]!, this.#program, args);
    const child = new Child(command, { cwd: this.#folder, env: environment(this.#program) });
    if (moment.after !== "start") await child.wrote(moment.after, moment.times);
    await child.pause(moment.ms);
    child.kill();
    return await child.ended;
  }

  async #check({ signal, lines, errors }: Ending, options: VictimOptions): Promise<Kill> {
    if (!KILLS.includes(signal!)) throw new Error(`the victim ended by itself: ${errors}`);
    let acknowledged = 0;
    let loads = 0;
    for (const line of lines) {
      const [verb, text] = line.split(" ");
      const generation = Number(text);
      if (verb === "L") {
        loads++;
        this.#expect(generation, options, "the victim");
      }
      if (verb === "A") acknowledged++;
      this.#floor = Math.max(this.#floor, generation);
    }
    const directory = join(this.#root, "offsets", "10.0.0.7@1", "soak");
    const remains = await findRemains(directory);
    this.#checkRemains(remains, acknowledged);
    // Without opening it: the next victim recovers from the files as they are.
    const { outcome, table } = await recover(
      nodeFileSystem,
      join(directory, "offset.json"),
      "relaxed",
    );
    this.#expect(generationOf(table, this.#queues), options, "a load after the kill");
    return { acknowledged, loads, outcome, remains };
  }

  #expect(generation: number, { writers }: VictimOptions, who: string): void {
    // An earlier victim may have begun as many as this one, and they are below its next floor.
    const ceiling = this.#floor + Math.max(writers, 2);
    if (generation >= this.#floor && generation <= ceiling) return;
    throw new Error(
      `${who} found generation ${generation}, and ${this.#floor} was acknowledged last`,
    );
  }

  /** Crashes leave bounded litter (clause P8): two files each, and for little more than a minute. */
  #checkRemains({ temporaries, leftovers, strange }: Remains, acknowledged: number): void {
    const added = temporaries - this.#temporaries;
    if (added > 2) throw new Error(`${added} temporary files were left by one kill`);
    if (acknowledged > 0 && leftovers > 0) throw new Error(`${leftovers} leftovers remain`);
    if (strange.length > 0) throw new Error(`unexpected files: ${strange.join(", ")}`);
    this.#temporaries = temporaries;
  }
}

/** The directory with all of it may be gone when this is read. */
function summary(
  { runtime, options, moment: { after, times, ms }, floor, lines, signal, code }:
    & { runtime: Runtime; options: VictimOptions; moment: Moment; floor: number }
    & Ending,
): string {
  const when = after === "start" ? "it was started" : `it wrote ${after} ${times} times`;
  const how = signal ?? `exit ${code}`;
  return `${runtime} ${JSON.stringify(options)}, killed ${ms.toFixed(1)} ms after ${when}, ended ` +
    `by ${how} when ${floor} was the floor; it said ${lines.length} lines, the last were ` +
    JSON.stringify(lines.slice(-3));
}

function chooseMoment(random: Random): Moment {
  const dice = random.next();
  const after = dice < 0.1 ? "start" : dice < 0.3 ? "L" : "A";
  const times = after === "A" ? 1 + random.below(3) : 1;
  return { after, times, ms: random.next() * MAX_PAUSE[after] };
}
