/** A store's whole life on a simulated disk, with every promise that it gives on the way. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import {
  LocalFileOffsetStore,
  type Offset,
  OffsetLoadError,
  OffsetPersistError,
  OffsetStoreClosedError,
  type OpenOptions,
} from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../scripts/verify/disk/replace_calls.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { recover } from "../../src/file/recovery/recover.ts";
import { FaultyFileSystem } from "./faulty_file_system.ts";
import { queue } from "./store_directory.ts";

const MAIN = "/root/client/group/offset.json";
const QUEUES = [0, 1];
/** A queue that is deleted from time to time. */
const DELETED = queue(9);

/** What a caller does next; after it, so many turns of the event loop pass. */
export interface Action {
  readonly call: "update" | "persist" | "consume" | "delete" | "read" | "close" | "abandon";
  readonly turns: number;
}

/** How a store lives. */
export interface Life {
  readonly options: Pick<OpenOptions, "journal" | "onConflict">;
  readonly actions: readonly Action[];
  /** How many turns the calls of the file system take, one after the other, over and over. */
  readonly delays: readonly number[];
  /** The numbers of the calls that fail. */
  readonly faults: readonly number[];
}

const call = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("update" as const, "persist" as const) },
  { weight: 8, arbitrary: fc.constant("consume" as const) },
  { weight: 2, arbitrary: fc.constantFrom("delete" as const, "read" as const) },
  { weight: 3, arbitrary: fc.constant("close" as const) },
);

/** Any life; `end` is a call that may come in it, too. */
export function lifeWith(
  end: "close" | "abandon",
  faults: fc.Arbitrary<readonly number[]>,
): fc.Arbitrary<Life> {
  return fc.record({
    options: fc.record({
      journal: fc.constantFrom(false, true, { compactAtBytes: 0 }, { compactAtBytes: 400 }),
      onConflict: fc.constantFrom("throw" as const, "merge" as const),
    }),
    actions: fc.array(
      fc.record({
        call: fc.oneof({ weight: 9, arbitrary: call }, fc.constant(end)),
        turns: fc.oneof(fc.constant(0), fc.nat(6), fc.nat(60)),
      }),
      { minLength: 4, maxLength: 16, size: "max" },
    ),
    delays: fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }),
    faults,
  });
}

const isClosed = (error: unknown) => error instanceof OffsetStoreClosedError;

/** A store that lives. */
export class Lived {
  readonly faulty: FaultyFileSystem;
  readonly real: SimulatedFileSystem;
  readonly #store: LocalFileOffsetStore;
  readonly #life: Life;
  /** The last update. */
  #offset = 0n;
  readonly #updated = new Map<number, Offset>();
  #pending = 0;
  /** How the store ended: which call of the file system was the last one. */
  #end: { readonly by: "close" | "abandon"; readonly calls: number } | undefined;
  /** The calls of the file system that have begun, and those that had before it was abandoned. */
  readonly #begun: readonly string[];
  #begunBefore = Infinity;
  /** The call that ended it. */
  readonly #ended = new Set<"close" | "abandon">();
  /** What each ending makes durable. */
  readonly #endings = new Map<Promise<void>, () => Promise<void>>();
  #failure: unknown;
  rejections = 0;

  private constructor(
    life: Life,
    faulty: FaultyFileSystem,
    real: SimulatedFileSystem,
    store: LocalFileOffsetStore,
    begun: readonly string[],
  ) {
    this.#life = life;
    this.faulty = faulty;
    this.real = real;
    this.#store = store;
    this.#begun = begun;
  }

  static async begin(life: Life): Promise<Lived> {
    const real = new SimulatedFileSystem(await diskWith());
    const faulty = new FaultyFileSystem(wrap(real, {}));
    const store = await LocalFileOffsetStore.open({
      clientId: "client",
      group: "group",
      root: "/root",
      fileSystem: faulty.fileSystem,
      ...life.options,
    });
    let calls = 0;
    const begun: string[] = [];
    faulty.before = async ({ name, path }) => {
      begun.push(`${name} ${path}`);
      for (let n = life.delays[calls++ % life.delays.length]; n > 0; n--) await setImmediate();
    };
    faulty.faults = life.faults.map((number) => (
      { when: ({ name }) => name !== "pause" && calls >= number, code: "EIO", once: true }
    ));
    return new Lived(life, faulty, real, store, begun);
  }

  /** How the store has ended, if it has. */
  get end(): "close" | "abandon" | undefined {
    return this.#end?.by;
  }

  async run(): Promise<void> {
    for (const { call, turns } of this.#life.actions) {
      this.#do(call);
      for (let n = turns; n > 0; n--) await setImmediate();
    }
    // Every call of the file system settles, so every promise of the store does.
    for (let turns = 0; this.#pending > 0; turns++) {
      assert.ok(turns < 20_000, `${this.#pending} promises never settle`);
      await setImmediate();
    }
    if (this.#failure !== undefined) throw this.#failure;
    for (let turns = 0; turns < 20; turns++) await setImmediate();
    if (this.#end === undefined) return;
    const { faulty } = this;
    const late = faulty.calls.slice(this.#end.calls);
    assert.deepEqual(late, [], `calls after the ${this.#end.by} has resolved`);
    assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
    for (const call of this.#begun.slice(this.#begunBefore)) {
      assert.ok(!/^create |^rename .*offset\.json$/.test(call), `${call} after it was abandoned`);
    }
    if (this.#life.faults.length > 0) return;
    const names = await this.real.readDirectory("/root/client/group").catch(() => []);
    const isAbandoned = this.#ended.has("abandon");
    // While it is in doubt whether main was replaced, the old main keeps its second name.
    const left = isAbandoned ? /\.lock$|(?<!\.bak)\.tmp$/ : /\.(lock|tmp|journal)$/;
    assert.deepEqual(names.filter((name) => left.test(name)), []);
  }

  #do(call: Action["call"]): void {
    const store = this.#store;
    switch (call) {
      case "update":
        return this.#update();
      case "consume":
        this.#update();
        return this.#do("persist");
      case "persist":
        return this.#track(call, store.persist(), this.#assertDurable());
      case "delete":
        return this.#track(call, store.deleteDurable(DELETED), this.#assertDurable());
      case "read":
        return this.#track(call, store.read(queue(0), "store").then(() => {}));
      case "close":
      case "abandon": {
        this.#ended.add(call);
        if (call === "abandon") this.#begunBefore = Math.min(this.#begunBefore, this.#begun.length);
        const ending = store[call]();
        // A second close is the first one: what is updated between the two may be dropped.
        const durable = this.#end === undefined
          ? this.#endings.get(ending) ?? this.#assertDurable()
          : async () => {};
        this.#endings.set(ending, durable);
        return this.#track(call, ending, async () => {
          this.#end ??= { by: call, calls: this.faulty.calls.length };
          if (!this.#ended.has("abandon")) await durable();
        });
      }
    }
  }

  #update(): void {
    const id = QUEUES[Number(this.#offset) % QUEUES.length];
    try {
      this.#store.update(queue(id), ++this.#offset, true);
      this.#store.update(DELETED, this.#offset, true);
      this.#updated.set(id, this.#offset);
      assert.equal(this.#end, undefined, "a closed store takes no update");
    } catch (error) {
      if (!isClosed(error)) throw error;
      assert.ok(this.#end !== undefined || this.#ended.has("abandon"));
    }
  }

  /** What must be in the files once a call that is made now has resolved. */
  #assertDurable(): () => Promise<void> {
    const expected = new Map(this.#updated);
    return async () => {
      const { table } = await recover(this.real, MAIN, "relaxed");
      for (const [id, offset] of expected) {
        const loaded = table.get(queue(id)) ?? -1n;
        assert.ok(loaded >= offset, `${loaded} of queue ${id} is loaded, ${offset} was updated`);
      }
    };
  }

  #track(
    call: Action["call"],
    promise: Promise<void>,
    resolved: () => Promise<void> = async () => {},
  ): void {
    this.#pending++;
    promise.then(resolved, (error) => this.#assertExpected(call, error))
      .catch((error) => this.#failure ??= error)
      .then(() => this.#pending--);
  }

  #assertExpected(call: Action["call"], error: Error): void {
    this.rejections++;
    const isAbandoned = this.#ended.has("abandon");
    if (isClosed(error)) {
      // C2: while the store is closing, no call rejects as closed.
      assert.ok(this.#end !== undefined || isAbandoned, `${call} is refused before the end`);
      assert.ok(call !== "close" && call !== "abandon", "to end twice is to end once");
      return;
    }
    assert.ok(isAbandoned || this.#life.faults.length > 0, `${call} fails: ${error}`);
    const isTyped = error instanceof OffsetPersistError || error instanceof OffsetLoadError;
    assert.ok(isTyped, `${call} fails with ${error.name}`);
    assert.notEqual(call, "abandon");
  }
}
