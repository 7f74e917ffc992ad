/** Two processes with one client id, any history of conflicts, choices and crashes: a model tells. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type ConflictChoice,
  type LocalFileOffsetStore,
  OffsetConflictError,
  type OffsetTable,
  type OpenOptions,
} from "../../../mod.ts";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../../scripts/verify/disk/simulated_disk.ts";
import { DiskProcess } from "../../faults/disk_process.ts";
import { check, inProportion } from "../../support/check.ts";
import { byLength } from "../../support/length.ts";
import { queue, tableOf } from "../../support/store_directory.ts";

const QUEUES = [0, 1, 2];

interface Step {
  readonly by: 0 | 1;
  readonly call: "update" | "freeze" | "remove" | "persist" | "delete" | "crash";
  readonly id: number;
  readonly offset: bigint;
  /** The way out of a conflict, and whether the process is killed before it persists again. */
  readonly choice: ConflictChoice;
  readonly crash: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom<(0 | 1)[]>(0, 1),
  call: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<Step["call"][]>("update", "persist") },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Step["call"][]>("freeze", "remove", "delete", "crash"),
    },
  ),
  id: fc.constantFrom(...QUEUES),
  offset: fc.bigInt({ min: 0n, max: 9n }),
  choice: fc.constantFrom<ConflictChoice[]>("theirs", "mine", "max"),
  crash: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
});

const options: fc.Arbitrary<Partial<OpenOptions>> = fc.constantFrom<Partial<OpenOptions>[]>(
  {},
  { journal: true },
  { journal: { compactAtBytes: 0 } },
);

type Offsets = ReadonlyMap<number, bigint>;

/** The offsets of a table by queue id. */
const plain = (table: OffsetTable): Offsets =>
  new Map(Array.from(table, ([{ queueId }, offset]) => [queueId, offset]));

/** One process, and what its memory should hold. */
class Peer {
  readonly #disk: SimulatedDisk;
  readonly #options: Partial<OpenOptions>;
  #process!: DiskProcess;
  store!: LocalFileOffsetStore;
  memory = new Map<number, bigint>();
  frozen = new Set<number>();

  constructor(disk: SimulatedDisk, options: Partial<OpenOptions>) {
    this.#disk = disk;
    this.#options = options;
  }

  /** Begins, or dies and begins again: memory is what the files hold. */
  async start(file: Offsets): Promise<void> {
    this.#process?.kill();
    this.#process = new DiskProcess(this.#disk);
    this.store = await this.#process.open(this.#options);
    this.memory = new Map(file);
    this.frozen.clear();
    this.expectMemory("after a start");
  }

  update({ id, offset }: Step): void {
    this.store.update(queue(id), offset, false);
    if (!this.frozen.has(id)) this.memory.set(id, offset);
  }

  freeze({ id, offset }: Step): void {
    this.store.updateAndFreeze(queue(id), offset);
    this.memory.set(id, offset);
    this.frozen.add(id);
  }

  forget(id: number): void {
    this.memory.delete(id);
    this.frozen.delete(id);
  }

  expectMemory(when: string): void {
    const held = plain(this.store.snapshot());
    assert.deepEqual(new Map([...held].sort()), new Map([...this.memory].sort()), when);
  }
}

/** What memory promises of a file after the next persist, by the words of C4. */
function fileAfter(choice: ConflictChoice, peer: Peer, file: Offsets): Offsets {
  const next = new Map(file);
  if (choice === "theirs") return next;
  for (const [id, offset] of peer.memory) {
    const theirs = file.get(id);
    const isKept = choice === "max" && theirs !== undefined && theirs > offset;
    if (!isKept) next.set(id, offset);
  }
  return next;
}

function memoryAfter(choice: ConflictChoice, peer: Peer, file: Offsets): Map<number, bigint> {
  if (choice === "theirs") return new Map(file);
  const next = new Map(peer.memory);
  if (choice === "mine") return next;
  for (const [id, offset] of next) {
    const theirs = file.get(id) ?? offset;
    if (!peer.frozen.has(id) && theirs > offset) next.set(id, theirs);
  }
  return next;
}

/** Plays a history; answers what was met. */
async function play(steps: readonly Step[], all: readonly Partial<OpenOptions>[]) {
  const met = { theirs: 0, mine: 0, max: 0, crashes: 0 };
  const disk = await diskWith();
  const load = async (): Promise<Offsets> => {
    const store = await new DiskProcess(disk).open();
    const table = store.snapshot();
    await store.abandon();
    return plain(table);
  };
  const first = await new DiskProcess(disk).open();
  for (const [mq, offset] of tableOf(1, 1)) first.update(mq, offset, true);
  await first.close();
  const peers = all.map((options) => new Peer(disk, options));
  for (const peer of peers) await peer.start(await load());

  /** Persists, as often as it takes, and checks what each choice promises. */
  const persist = async (peer: Peer, { choice, crash }: Step, deleted?: number) => {
    const before = await load();
    const { store } = peer;
    const held = deleted === undefined ? undefined : peer.memory.get(deleted);
    const isFrozen = deleted !== undefined && peer.frozen.has(deleted);
    if (deleted !== undefined) peer.forget(deleted);
    const error =
      await (deleted === undefined ? store.persist() : store.deleteDurable(queue(deleted))).then(
        () => undefined,
        (error) => error,
      );
    if (error === undefined) {
      const after = await load();
      for (const [id, offset] of peer.memory) {
        const isKept = peer.frozen.has(id) && after.get(id)! > offset;
        assert.ok(after.get(id) === offset || isKept, `queue ${id} is not durable`);
      }
      if (deleted !== undefined) assert.ok(!after.has(deleted));
      for (const [id] of before) {
        assert.ok(after.has(id) || id === deleted, `queue ${id} is lost`);
      }
      return;
    }
    if (!(error instanceof OffsetConflictError)) throw error;
    // A deletion that failed never was.
    if (deleted !== undefined && held !== undefined) {
      peer.memory.set(deleted, held);
      if (isFrozen) peer.frozen.add(deleted);
    }
    peer.expectMemory("after a conflict");
    const file = await load();
    assert.deepEqual(file, before, "a conflict overwrites nothing");
    met[choice]++;
    await store.resolveConflict(choice);
    assert.deepEqual(await load(), file, "to resolve writes nothing");
    const expected = fileAfter(choice, peer, file);
    peer.memory = memoryAfter(choice, peer, file);
    if (choice === "theirs") peer.frozen.clear();
    peer.expectMemory(`after ${choice}`);
    if (crash) {
      met.crashes++;
      await peer.start(file);
      return;
    }
    await store.persist();
    assert.deepEqual(new Map([...await load()].sort()), new Map([...expected].sort()), choice);
    peer.expectMemory(`after ${choice} and a persist`);
  };

  for (const step of steps) {
    const peer = peers[step.by];
    if (step.call === "update") peer.update(step);
    else if (step.call === "freeze") peer.freeze(step);
    else if (step.call === "persist") await persist(peer, step);
    else if (step.call === "delete") await persist(peer, step, step.id);
    else if (step.call === "crash") await peer.start(await load());
    else {
      peer.store.remove(queue(step.id));
      peer.forget(step.id);
    }
  }
  for (const { store } of peers) await store.abandon();
  return met;
}

test("C4 in any history of two processes, each choice keeps what it promises, through crashes too", async () => {
  const met = { theirs: 0, mine: 0, max: 0, crashes: 0 };
  const history = fc.array(step, { minLength: 4, maxLength: 24, size: "max" });
  await check(
    fc.asyncProperty(history, options, options, async (steps, ...all) => {
      const { theirs, mine, max, crashes } = await play(steps, all);
      met.theirs += theirs;
      met.mine += mine;
      met.max += max;
      met.crashes += crashes;
    }),
    { numRuns: byLength({ tiny: 80, short: 80, long: 300 }) },
  );
  for (const [what, times] of Object.entries(met)) {
    assert.ok(times > inProportion(20), `${what}: ${times}`);
  }
});
