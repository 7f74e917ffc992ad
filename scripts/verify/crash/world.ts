import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import type { Scenario, Wrap } from "./explore.ts";
import { accepts, type Expectation, nextGeneration } from "./generations.ts";
import type { SimulatedDisk } from "../disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../disk/simulated_file_system.ts";
import type { Session, Writer } from "./writer.ts";

/** A moment at which a crash may come. */
interface Moment {
  readonly disk: SimulatedDisk;
  readonly expectation: Expectation;
  readonly calls: number;
}

/** A violated invariant; everything else that escapes the writer is one as well. */
class InvariantError extends Error {}

/** One run of a writer, of which every micro-operation is a moment to crash at. */
export class World {
  readonly fileSystem: FileSystem;
  readonly disk: SimulatedDisk;
  readonly moments: Moment[] = [];
  readonly calls: string[] = [];
  readonly #writer: Writer;
  readonly #isCrashed: boolean;
  #expectation: Expectation;

  /** It keeps its moments only if it will be crashed: most worlds of an exploration never are. */
  constructor(
    scenario: Scenario,
    { disk, expectation }: Pick<Moment, "disk" | "expectation">,
    { isCrashed, wrap }: { readonly isCrashed: boolean; readonly wrap: Wrap | undefined },
  ) {
    this.disk = disk.clone();
    this.#writer = scenario.writer;
    this.#isCrashed = isCrashed;
    this.#expectation = expectation;
    const simulated = new SimulatedFileSystem(this.disk, {
      splitRename: scenario.splitRename,
      paths: scenario.paths,
      beforeStep: (what) => {
        this.mark();
        this.calls.push(what);
      },
    });
    this.fileSystem = wrap?.(simulated) ?? simulated;
  }

  get expectation(): Expectation {
    return this.#expectation;
  }

  /** A crash may come now. */
  mark(): void {
    if (!this.#isCrashed) return;
    this.moments.push({
      disk: this.disk.clone(),
      expectation: this.#expectation,
      calls: this.calls.length,
    });
  }

  /** Loads, and checks what was loaded; from now on it must not be lost. */
  async open(): Promise<Session> {
    this.calls.push(`-- ${this.#writer.name} loads`);
    const session = await this.#writer.open(this.fileSystem);
    const { generation, outcome } = session;
    this.calls.push(`-- loaded generation ${generation ?? "mixed"} (${outcome})`);
    if (generation === undefined) throw new InvariantError("it loaded a mix of generations");
    if (!accepts(this.#expectation, generation)) {
      const { floor, flying } = this.#expectation;
      const begun = flying.length > 0 ? `, ${flying.join()} begun` : "";
      throw new InvariantError(
        `it loaded generation ${generation}, though ${floor} was acknowledged or seen${begun}`,
      );
    }
    // A later process cannot know which blocks a failed fsync left in doubt: its own fsync succeeds
    // without them. So a load does not make them durable; but nothing that was durable may be lost.
    if (!this.disk.isInDoubt) this.#expectation = { floor: generation, flying: [] };
    this.mark();
    return session;
  }

  /** Reads from the store, and must not lose what it found. */
  async readStore(session: Session, written: number): Promise<void> {
    const { floor, flying } = this.#expectation;
    const found = await session.readStore!();
    this.calls.push(`-- a read from the store finds generation ${found}`);
    if (!accepts({ floor, flying: [...flying, written] }, found)) {
      throw new InvariantError(`a read from the store found generation ${found}`);
    }
    this.#expectation = { floor: found, flying: [] };
    this.mark();
  }

  /** Two writers persist, the second some turns behind; which of them wins is not for this test. */
  async persistTogether(a: Session, b: Session, lag: number): Promise<void> {
    const n = nextGeneration(this.#expectation);
    const { floor, flying } = this.#expectation;
    this.#expectation = { floor, flying: [...flying, n, n + 1] };
    this.calls.push(`-- persists of generations ${n} and ${n + 1} begin`);
    const first = a.persist(n);
    // Each `await` of the first is a turn: finer than its calls, between which there are several.
    for (let turn = 0; turn < lag; turn++) await Promise.resolve();
    await Promise.allSettled([first, b.persist(n + 1)]);
    this.mark();
  }

  /** Persists the next generation; `mayFail` tells whether a rejection is no violation. */
  async persist(session: Session, mayFail = false): Promise<number> {
    const n = nextGeneration(this.#expectation);
    const { floor, flying } = this.#expectation;
    this.#expectation = { floor, flying: [...flying, n] };
    this.calls.push(`-- persist of generation ${n} begins`);
    try {
      await session.persist(n);
    } catch (error) {
      if (!mayFail) throw error;
      this.calls.push(`-- persist of generation ${n} fails: ${(error as Error).message}`);
      this.mark();
      return n;
    }
    this.calls.push(`-- persist of generation ${n} is acknowledged`);
    this.#expectation = { floor: n, flying: [] };
    this.mark();
    return n;
  }
}
