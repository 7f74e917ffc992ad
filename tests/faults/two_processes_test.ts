/**
 * Two processes have one client id, and one of them acts between two calls of the other, at each of
 * them in turn. Every acknowledged offset is still there, or both processes get an error.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore, OffsetTable, OnConflict, OpenOptions } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { byLength } from "../support/length.ts";
import { queue } from "../support/store_directory.ts";
import { DIRECTORY, DiskProcess } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";
import { inWords } from "./expect_loaded.ts";

const [A, B, DOOMED] = [queue(0), queue(1), queue(2)];

/** How a process is set up, and what it does to its queue. */
interface Role {
  readonly options: Partial<OpenOptions>;
  /** What it has done before: how many persists, each of which raises its queue by one. */
  readonly persists: number;
  act(store: LocalFileOffsetStore): Promise<void>;
}

const persist = (store: LocalFileOffsetStore) => store.persist();

/** What the one may do that opens the store first. */
const FIRST: Record<string, Role> = {
  "appends to its journal": { options: { journal: true }, persists: 2, act: persist },
  "begins a journal": { options: { journal: true }, persists: 1, act: persist },
  "replaces the file": { options: {}, persists: 1, act: persist },
  "folds its journal": {
    options: { journal: true },
    persists: 2,
    act: (store) => store.deleteDurable(DOOMED),
  },
  "closes": { options: { journal: true }, persists: 2, act: (store) => store.close() },
};

/** What a later one may do: it finds what the first has left, perhaps a journal. */
const SECOND: Record<string, Role> = {
  "persists": { options: {}, persists: 0, act: persist },
  "persists with a journal": { options: { journal: true }, persists: 0, act: persist },
  "closes": { options: {}, persists: 0, act: (store) => store.close() },
};

/** A process that has a store, and the queue that it alone updates. */
class Party {
  readonly process: DiskProcess;
  readonly mq: typeof A;
  readonly mode: OnConflict;
  readonly #role: Role;
  store!: LocalFileOffsetStore;
  #offset = 0n;
  /** Its last offset that was acknowledged. */
  acknowledged = -1n;
  /** Why the last one was not. */
  error: Error & { readonly onDisk?: string } | undefined;
  /** Whether it learned, now or before, that another process is at work. */
  isTold = false;

  constructor(process: DiskProcess, mq: typeof A, mode: OnConflict, role: Role) {
    this.process = process;
    this.mq = mq;
    this.mode = mode;
    this.#role = role;
  }

  async open(): Promise<void> {
    this.store = await this.process.open({ onConflict: this.mode, ...this.#role.options });
    this.store.update(DOOMED, 1, true);
    for (let n = 0; n < this.#role.persists; n++) await this.tell(persist);
  }

  /** Raises its queue, acts, and notes the answer. */
  async tell(act = this.#role.act): Promise<void> {
    const offset = ++this.#offset;
    try {
      this.store.update(this.mq, offset, true);
      await act(this.store);
      [this.acknowledged, this.error] = [offset, undefined];
    } catch (error) {
      this.error = error as Error;
      const { name, onDisk } = this.error;
      this.isTold ||= name === "OffsetConflictError" || onDisk === "either";
    }
  }
}

/** What a consumer that starts now finds, and all the text of what was kept aside. */
async function find(process: DiskProcess) {
  const again = new DiskProcess(process.disk.disk);
  const opening = again.open();
  await assert.doesNotReject(opening);
  const table = (await opening).snapshot();
  const names = await again.disk.readDirectory(DIRECTORY);
  const aside = await Promise.all(
    names.filter((name) => name.includes(".corrupt-")).map(async (name) => {
      const { bytes } = await again.disk.readFile(`${DIRECTORY}/${name}`);
      return new TextDecoder().decode(bytes);
    }),
  );
  return { table, aside: aside.join("") };
}

/**
 * Expects that every acknowledged offset is there, or that both processes learn of it: a journal that was
 * moved aside is in a file, the process that moved it got a report, and the next persist tells the other.
 *
 * @param isHidden Whether the outer one could not notice what the inner one did; see `hides`.
 */
async function expectNothingLost(
  outer: Party,
  inner: Party,
  isHidden: boolean,
  story: string,
): Promise<void> {
  for (const [party, other] of [[outer, inner], [inner, outer]]) {
    const { table, aside } = await find(party.process);
    const isThere = (found: OffsetTable) => (found.get(party.mq) ?? -1n) >= party.acknowledged;
    if (isThere(table)) continue;
    const what = `${story}: acknowledged ${party.acknowledged}, found ${inWords(table)}`;
    if (!(isHidden && party === inner)) {
      assert.ok(other.isTold, `${what}, and the other is not told`);
      assert.ok(aside.includes(`:${party.acknowledged}}`), `${what}, and in no other file`);
    }
    if (party.store.status().closed) continue;
    await party.tell(persist);
    if (party.mode === "merge") assert.ok(isThere((await find(party.process)).table), what);
    else assert.equal(party.error?.name, "OffsetConflictError", `${what}, and is not told`);
  }
}

/** The inner one acts at each call of the outer one; then each of them goes on. */
async function interleave(
  prepare: (disk: SimulatedDisk) => Promise<{ outer: Party; inner: Party }>,
): Promise<void> {
  await atEachCall(async (moment) => {
    const { outer, inner } = await prepare(await diskWith());
    const calls = inner.process.watch();
    let acts: readonly string[] = [];
    moment.arm(outer.process, async () => {
      await inner.tell();
      acts = calls.slice();
    });
    await outer.tell();
    outer.process.restore();
    const isHidden = moment.hides(acts);
    await expectNothingLost(outer, inner, isHidden, `${moment}`);
    for (const party of [outer, inner, outer]) {
      if (party.store.status().closed) continue;
      await party.tell(persist);
      await expectNothingLost(outer, inner, isHidden, `${moment}, and then`);
    }
  });
}

/** Of so many stories, one runs. */
const ONE_OUT_OF = byLength({ tiny: 7, short: 5, long: 1 });

let told = 0;

const MODES = [["throw", "throw"], ["merge", "merge"], ["throw", "merge"], [
  "merge",
  "throw",
]] as const;

for (const [mode, laterMode] of MODES) {
  for (const [name, role] of Object.entries(FIRST)) {
    for (const [laterName, laterRole] of Object.entries(SECOND)) {
      const [first, second] = [`one ${name}, ${mode}`, `a later one ${laterName}, ${laterMode}`];
      const open = async (disk: SimulatedDisk) => {
        const first = new Party(new DiskProcess(disk), A, mode, role);
        await first.open();
        const second = new Party(new DiskProcess(disk), B, laterMode, laterRole);
        await second.open();
        return { first, second };
      };
      const stories: Record<string, Parameters<typeof interleave>[0]> = {
        [`${first}; meanwhile ${second}`]: (disk) =>
          open(disk).then(({ first, second }) => ({ outer: first, inner: second })),
        [`${second}; meanwhile ${first}`]: (disk) =>
          open(disk).then(({ first, second }) => ({ outer: second, inner: first })),
      };
      for (const [story, prepare] of Object.entries(stories)) {
        if (told++ % ONE_OUT_OF !== 0) continue;
        test(`P9 P2 J3 ${story}`, () => interleave(prepare));
      }
    }
  }
}
