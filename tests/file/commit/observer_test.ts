/** What an observation shows of main and of the journal, whatever others do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import type { FilesState, Journal } from "../../../src/core/files_state.ts";
import { Observer } from "../../../src/file/commit/observer.ts";
import { type FileInfo, isSameFile, isSameInode } from "../../../src/file/fs/file_info.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";

const DIRECTORY = "/root/c/g";
const MAIN = `${DIRECTORY}/offset.json`;
const JOURNAL = `${MAIN}.journal`;

const stateOf = (journal: Journal<FileInfo>): FilesState<FileInfo> => (
  { main: { is: "missing" }, journal, journaling: "on" }
);

/** A store's files whose times are of so many milliseconds, and a second look at them. */
async function observed(timesMs: number) {
  const disk = await diskWith({ "offset.json": "main", "offset.json.journal": "records" });
  disk.clock += 1_000_000;
  const real = new SimulatedFileSystem(disk, { timesMs });
  const faulty = new FaultyFileSystem(wrap(real, {}));
  const asked: string[] = [];
  faulty.before = ({ name, path }) => void asked.push(`${name} ${path}`);
  return { disk, real, asked, observer: new Observer(faulty.fileSystem, MAIN) };
}

type Action =
  | "look"
  | "append"
  | "remove"
  | "replace"
  | "move away"
  | "move back"
  | "other name"
  | "change main"
  | { readonly wait: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Action>("look") },
  fc.constantFrom<Action>("append", "remove", "replace", "move away", "move back"),
  fc.constantFrom<Action>("other name", "change main"),
  fc.record({ wait: fc.oneof(fc.nat(30), fc.nat(5000)) }),
);

/** Somebody, or this store, does something to the files. */
async function act(fs: SimulatedFileSystem, action: Exclude<Action, "look">): Promise<void> {
  if (typeof action === "object") return await fs.pause(action.wait);
  const create = async (path: string, text: string) => {
    const file = await fs.openInPlace(path);
    await file.write(new TextEncoder().encode(text), (await file.stat()).size);
  };
  const away = `${DIRECTORY}/away`;
  switch (action) {
    case "append":
      if (await fs.stat(JOURNAL) !== undefined) await create(JOURNAL, "record");
      return;
    case "remove":
      if (await fs.stat(JOURNAL) !== undefined) await fs.unlink(JOURNAL);
      return;
    case "replace":
      await create(`${DIRECTORY}/other`, "records");
      return await fs.rename(`${DIRECTORY}/other`, JOURNAL);
    case "move away":
      if (await fs.stat(JOURNAL) !== undefined) await fs.rename(JOURNAL, away);
      return;
    case "move back":
      if (await fs.stat(away) !== undefined) await fs.rename(away, JOURNAL);
      return;
    case "other name":
      await create(`${DIRECTORY}/${fs.uniqueName()}`, "");
      return;
    case "change main":
      return await create(MAIN, "more");
  }
}

test("P9 an observation shows what lies there, however coarse the times are", async () => {
  let sightings = 0;
  await check(
    fc.asyncProperty(
      fc.constantFrom(1, 1000, 2000),
      fc.array(action, { minLength: 3, maxLength: 30, size: "max" }),
      async (timesMs, actions) => {
        const { real, asked, observer } = await observed(timesMs);
        const own = (await real.stat(JOURNAL))!;
        for (const each of actions) {
          if (each !== "look") {
            await act(real, each);
            continue;
          }
          asked.length = 0;
          const seen = await observer.look(
            stateOf({ is: "open", identity: own, generation: 1 }),
          );
          if (!asked.includes(`stat ${JOURNAL}`)) sightings++;
          assert.deepEqual(seen.main, await real.stat(MAIN));
          const there = await real.stat(JOURNAL);
          if (there === undefined) assert.equal(seen.journal, undefined);
          else assert.ok(isSameInode(seen.journal!, there));
        }
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(sightings > 50, `the journal was not asked ${sightings} times`);
});

test("P9 a journal that is not this store's is asked each time", async () => {
  const { real, observer } = await observed(1);
  const info = (await real.stat(JOURNAL))!;
  const states: Journal<FileInfo>[] = [
    { is: "absent" },
    { is: "found", identities: [info], generation: 1 },
    { is: "foreign", identities: [info] },
    { is: "leftover", identity: info },
  ];
  for (const state of states) {
    for (let times = 0; times < 2; times++) {
      await act(real, "append");
      const { journal } = await observer.look(stateOf(state));
      assert.ok(isSameFile(journal, await real.stat(JOURNAL)));
    }
  }
});

test("J1 a journal of this store is asked once its directory has come to rest, and no more", async () => {
  for (const is of ["open", "full", "dead"] as const) {
    const { real, asked, observer } = await observed(1);
    const state = stateOf({ is, identity: (await real.stat(JOURNAL))!, generation: 1 });
    const asks = async () => {
      asked.length = 0;
      await observer.look(state);
      return asked.filter((each) => each === `stat ${JOURNAL}`).length;
    };
    assert.deepEqual([await asks(), await asks(), await asks()], [1, 0, 0]);
    await act(real, "other name");
    assert.deepEqual([await asks(), await asks()], [1, 1], "its directory is young");
    await real.pause(21);
    assert.deepEqual([await asks(), await asks()], [1, 0]);
    const next = stateOf({ is, identity: { ...(await real.stat(JOURNAL))! }, generation: 2 });
    asked.length = 0;
    await observer.look(next);
    assert.ok(asked.includes(`stat ${JOURNAL}`), "another journal was not seen yet");
  }
});
