/** One operation with one fault, and what its process does next: no crash yet. */
import {
  OffsetConflictError,
  OffsetFileCorruptError,
  OffsetLoadError,
  OffsetPersistError,
} from "../../../mod.ts";
import type { FailingCalls, Fault } from "./failing_calls.ts";
import type { Operation } from "./failing_calls_operations.ts";
import { accepts, nextGeneration } from "../crash/generations.ts";
import { holdsGeneration, litter, mainOf } from "../disk/look_at_disk.ts";
import type { World } from "../crash/world.ts";
import type { Session } from "../crash/writer.ts";

/**
 * The false answers that the store could not recognize, so that it answered an older generation
 * than the last acknowledged; `overwritten` if it then gave the newer one up for a newer still.
 */
export type Misled = "warned" | "overwritten";

export class Attempt {
  misled: Misled | undefined;
  readonly #world: World;
  readonly #operation: Operation;
  readonly #fault: Fault | undefined;
  readonly #failing: FailingCalls;

  constructor(world: World, operation: Operation, fault: Fault | undefined, failing: FailingCalls) {
    this.#world = world;
    this.#operation = operation;
    this.#fault = fault;
    this.#failing = failing;
  }

  /** Throws if an invariant is violated. */
  async run(): Promise<void> {
    const { act, prepare } = this.#operation;
    const prepared = await prepare?.(this.#world);
    this.#failing.arm();
    if (act === "open") await this.#open();
    else if (act === "read") await this.#read(prepared!);
    else if (act === "close") await this.#closeTwice(prepared!);
    else await this.#persistTwice(prepared!);
    if (this.#fault?.lasts === "for ever") return;
    const { moments } = this.#world;
    const end = moments.length;
    await this.#everythingIsWell();
    // How these may crash is explored elsewhere.
    moments.splice(end);
  }

  async #open(): Promise<void> {
    const { writer } = this.#operation;
    const { expectation, fileSystem } = this.#world;
    const session = await refusable(() => writer.open(fileSystem), LOAD_ERRORS);
    this.#failing.disarm();
    this.#demandSuccess(session === undefined ? "it does not load" : undefined);
    const isKept = await holdsGeneration(this.#world.disk, expectation.floor, writer.queues);
    demand(isKept, "a load destroyed the last generation");
    if (session === undefined) return;
    const { generation, outcome } = session;
    demand(generation !== undefined, "a mix was loaded");
    if (!accepts(expectation, generation)) {
      // It must have said so: the application, or the operator, must learn that this is not main.
      demand(generation < expectation.floor, `generation ${generation} was loaded`);
      // Of a journal that is said not to be there nothing else can tell.
      const isSilent = outcome.startsWith("loaded") && !this.#hidesJournal;
      demand(!isSilent, `generation ${generation} was loaded silently`);
      this.misled = "warned";
    }
    await this.#persistTwice(session);
  }

  /**
   * Every call says that nothing is there, of what was just renamed too: then a store must believe
   * that it was not. What it says is wrong, what it does is not.
   */
  get #liesOnAndOn(): boolean {
    return this.#fault?.code === "ENOENT" && this.#fault.lasts !== "once";
  }

  get #hidesJournal(): boolean {
    return this.#fault?.code === "ENOENT" && this.#operation.hasJournal === true;
  }

  /** A read must tell the truth or fail, and must not change what memory holds. */
  async #read(session: Session): Promise<void> {
    const before = session.memory!();
    const { expectation } = this.#world;
    const found = await refusable(() => session.readStore!(), LOAD_ERRORS);
    this.#failing.disarm();
    if (found !== undefined && !accepts(expectation, found)) this.misled = "warned";
    demand(session.memory!().equals(before), "a read changed memory");
    if (this.#fault?.lasts !== "for ever") {
      const again = await session.readStore!();
      demand(accepts(expectation, again), `a second read found ${again}`);
    }
  }

  /** A close that failed can be made again; one that did not has put all of it into main. */
  async #closeTwice(session: Session): Promise<void> {
    const held = session.memory!();
    const first = await failureOf(() => session.close!());
    this.#failing.disarm();
    this.#demandSuccess(first);
    demand(first === undefined || session.memory!().equals(held), "memory changed");
    const second = await failureOf(() => session.close!());
    const isOver = this.#fault?.lasts !== "for ever";
    demand(!isOver || second === undefined, `no close succeeds: ${second}`);
    if (second !== undefined) return;
    const main = await mainOf(this.#world.disk);
    demand(main.equals(held), "what was held is not in main");
  }

  /** The second time, the fault is over, unless it is there for ever. */
  async #persistTwice(session: Session): Promise<void> {
    const { floor } = this.#world.expectation;
    const first = await this.#persist(session);
    this.#failing.disarm();
    this.#demandSuccess(first);
    const second = await this.#persist(session);
    this.#demandSuccess(second);
    const isOver = this.#fault?.lasts !== "for ever";
    // A store that was misled about the file finds another one, and must not overwrite it.
    const isRightToRefuse = second instanceof OffsetConflictError &&
      (this.misled !== undefined || this.#fault?.code === "ENOENT");
    demand(!isOver || second === undefined || isRightToRefuse, `no persist succeeds: ${second}`);
    if (this.misled === undefined || (first !== undefined && second !== undefined)) return;
    const { disk } = this.#world;
    const isKept = await holdsGeneration(disk, floor, this.#operation.writer.queues);
    if (!isKept) this.misled = "overwritten";
  }

  /** O5: what the file system does not have is no failure where a store can do without it. */
  #demandSuccess(failure: unknown): void {
    const mayFail = !this.#failing.isOfDispensable || this.#operation.trouble !== undefined;
    demand(
      mayFail || failure === undefined,
      `it fails without a call that it can do without: ${failure}`,
    );
  }

  /** Answers the error, if it failed, and then all must be as it was. */
  async #persist(session: Session): Promise<Error | undefined> {
    const { disk, expectation } = this.#world;
    const [before, litterBefore] = [await mainOf(disk), await litter(disk)];
    const held = session.memory!();
    let failure: Error | undefined;
    const persist = async (n: number) => {
      try {
        await session.persist(n);
      } catch (error) {
        throw failure = error as Error;
      }
    };
    await this.#world.persist({ ...session, persist }, true);
    if (failure !== undefined) demandType(failure, PERSIST_ERRORS);
    const n = nextGeneration(expectation);
    const expected = this.#operation.memory(n, failure === undefined, held);
    demand(session.memory!().equals(expected), "memory changed");
    const isPrevious = failure instanceof OffsetConflictError ||
      failure instanceof OffsetPersistError && failure.onDisk === "previous";
    const isSame = before.equals(await mainOf(disk)) || this.#liesOnAndOn;
    demand(isSame || !isPrevious, `main was replaced, though it was said not to be: ${failure}`);
    // A file that is there although its creation failed with EEXIST cannot be distinguished from another's.
    const mayLitter = this.#fault?.lasts !== "once" || this.#fault.code === "EEXIST";
    // While the new main is in doubt, the acknowledged one keeps a second name.
    const isInDoubt = failure instanceof OffsetPersistError && failure.onDisk === "either" ||
      failure === undefined && this.#operation.compacts === true;
    const left = (await litter(disk)).filter((name) => !isInDoubt || !name.endsWith(".bak.tmp"));
    demand(
      mayLitter || left.length <= litterBefore.length,
      "a failed persist left a temporary file",
    );
    return failure;
  }

  /** The fault is over: a new process loads what it must, and leaves no litter. */
  async #everythingIsWell(): Promise<void> {
    // P8: after a minute what a dead process left is no write that is under way.
    this.#world.disk.clock += MINUTE;
    const session = await this.#world.open();
    for (let persists = 0; persists < 2; persists++) await this.#world.persist(session);
    await this.#world.open();
    const left = await litter(this.#world.disk);
    demand(left.length === 0, `litter: ${left}`);
  }
}

/** By the clock of the simulated disk. */
const MINUTE = 61e9;

const LOAD_ERRORS = [OffsetLoadError, OffsetFileCorruptError];
const PERSIST_ERRORS = [OffsetPersistError, OffsetConflictError];

/** Answers `undefined` for an error of the given types. */
async function refusable<T>(
  act: () => Promise<T>,
  types: typeof LOAD_ERRORS,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    demandType(error, types);
    return undefined;
  }
}

/** Answers the error of a persist or a close, if it failed. */
async function failureOf(act: () => Promise<void>): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    demandType(error, PERSIST_ERRORS);
    return error;
  }
}

function demandType(error: unknown, types: readonly (new (...args: never[]) => Error)[]): void {
  demand(types.some((type) => error instanceof type), `an error escaped: ${error}`);
}

function demand(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}
