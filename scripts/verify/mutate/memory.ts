import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Lies in Stryker's copy of the repository, and goes with it. */
const FOLDER = ".mutate";
const TIMES = "times.json";
const KILLS = "kills.txt";
const DEPENDENT = "dependent.txt";

/** The facts about the tests that all processes of a run share. */
export class Memory {
  readonly #times: Record<string, number>;
  readonly #kills = new Map<string, number>();
  readonly #dependent: Set<string>;

  readonly #folder: string;

  private constructor(
    folder: string,
    times: Record<string, number>,
    kills: string[],
    dependent: string[],
  ) {
    this.#folder = folder;
    this.#times = times;
    for (const line of kills) this.#count(line);
    this.#dependent = new Set(dependent);
  }

  #count(kill: string): void {
    this.#kills.set(kill, (this.#kills.get(kill) ?? 0) + 1);
  }

  static async read(folder = FOLDER): Promise<Memory> {
    const textOf = (name: string) => readFile(join(folder, name), "utf8").catch(() => "");
    const linesOf = async (name: string) => (await textOf(name)).split("\n");
    const times = JSON.parse(await textOf(TIMES) || "{}");
    return new Memory(folder, times, await linesOf(KILLS), await linesOf(DEPENDENT));
  }

  /** Writes down how many milliseconds each test takes. */
  static async writeTimes(
    times: Readonly<Record<string, number>>,
    folder = FOLDER,
  ): Promise<void> {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, TIMES), JSON.stringify(times));
  }

  /** The tests, in their order. */
  get tests(): string[] {
    return Object.keys(this.#times);
  }

  /** How many milliseconds a test takes. */
  timeOf(test: string): number {
    return this.#times[test];
  }

  /** How many mutants of a source a test has killed in each millisecond that it takes. */
  rateOf(test: string, source: string): number {
    // A test without a kill counts for half a kill, so that quick ones are tried early.
    const kills = this.#kills.get(`${source} ${test}`) ?? 0;
    return (kills + 0.5) / (this.#times[test] + 1);
  }

  /** Remembers that a test has killed a mutant of a source. */
  async addKill(test: string, source: string): Promise<void> {
    const kill = `${source} ${test}`;
    this.#count(kill);
    await appendFile(join(this.#folder, KILLS), `${kill}\n`);
  }

  /** Whether a test fails by itself: it needs the tests before it in its file. */
  isDependent(test: string): boolean {
    return this.#dependent.has(test);
  }

  /** Remembers that a test fails by itself. */
  async addDependent(test: string): Promise<void> {
    this.#dependent.add(test);
    await appendFile(join(this.#folder, DEPENDENT), `${test}\n`);
  }
}
