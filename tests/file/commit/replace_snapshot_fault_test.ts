/** A replacement that fails: what it says, and what it leaves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type FailedSnapshot,
  SNAPSHOT_STEPS,
  type SnapshotStep,
} from "../../../src/file/commit/replace_snapshot.ts";
import { FILES, type Kind, KINDS, MAIN, nameOf, Replacement } from "../../support/replacement.ts";

const RENAME = SNAPSHOT_STEPS.findIndex(({ name }) => name === "rename the temporary file to main");

/** Checks what holds after every failure, wherever it came. */
async function assertSafe(
  replacement: Replacement,
  failure: FailedSnapshot,
  message: string,
): Promise<void> {
  const { faulty, events, keptNames, kind } = replacement;
  const files = await replacement.files();
  const isDoubtful = events.some(({ event }) => event === "in doubt");
  const temporary = Object.keys(files).filter((name) => name.endsWith(".tmp"));
  const kept = isDoubtful && kind.keep === "backup" ? keptNames : [];
  assert.deepEqual(temporary, kept, `${message}: no temporary file stays, unless it is needed`);
  for (const name of kept) assert.equal(files[name], "old", message);
  assert.deepEqual([faulty.open, faulty.misuses], [[], []], `${message}: descriptors`);
  const isReplaced = events.some(({ event }) => event === "replaced");
  assert.equal(failure.onDisk === "either", isReplaced || isDoubtful, message);
  // Only a main that is kept by moving it may be missing.
  const wasMoved = events.some((each) => each.event === "kept aside" && each.by === "move");
  const main = wasMoved && !isReplaced && !isDoubtful ? undefined : files["offset.json"];
  if (failure.onDisk === "previous") assert.equal(main, wasMoved ? undefined : "old", message);
  if (isReplaced) assert.equal(main, "new", message);
  if (kind.durability === "relaxed" || wasMoved) return;
  const cuts = await replacement.afterPowerCuts();
  if (failure.onDisk === "previous") assert.deepEqual(cuts, new Set(["old"]), message);
  if (isReplaced) assert.deepEqual(cuts, new Set(["new"]), message);
  for (const main of cuts) assert.ok(main === "old" || main === "new", `${message}: ${main}`);
}

for (const kind of KINDS) {
  test(`P4 a failure before or after each step: ${nameOf(kind)}`, async () => {
    for (const [number, step] of SNAPSHOT_STEPS.entries()) {
      for (const when of ["before", "after"] as const) {
        const failing: SnapshotStep = {
          name: step.name,
          async run(work) {
            if (when === "after") await step.run(work);
            throw new Error("it fails");
          },
        };
        const replacement = await Replacement.of(kind);
        const failure = await replacement.run({}, SNAPSHOT_STEPS.with(number, failing));
        const message = `${when} "${step.name}"`;
        assert.equal((failure!.error as Error).message, "it fails", message);
        const isPrevious = number < RENAME || (number === RENAME && when === "before");
        assert.equal(failure!.onDisk, isPrevious ? "previous" : "either", message);
        await assertSafe(replacement, failure!, message);
      }
    }
  });

  test(`C3 a store that is abandoned before a step: ${nameOf(kind)}`, async () => {
    for (const [number, { name }] of SNAPSHOT_STEPS.entries()) {
      const replacement = await Replacement.of(kind);
      let begun = 0;
      const stop = () => {
        if (begun === number) throw new Error("abandoned");
      };
      const counted = SNAPSHOT_STEPS.map((step): SnapshotStep => ({
        name: step.name,
        run(work) {
          begun++;
          return step.run(work);
        },
      }));
      const failure = await replacement.run({ stop }, counted);
      assert.equal((failure!.error as Error).message, "abandoned", name);
      assert.equal(failure!.onDisk, number <= RENAME ? "previous" : "either", name);
      await assertSafe(replacement, failure!, name);
    }
  });

  test(`P4 P8 a failure of each call, before or after its effect: ${nameOf(kind)}`, async () => {
    for (const after of [false, true]) {
      for (const code of ["EIO", "EPERM"]) {
        for (let number = 0;; number++) {
          const replacement = await Replacement.of(kind);
          let calls = 0;
          const { faulty, log } = replacement;
          const fault = { when: () => calls++ === number, code, after };
          faulty.faults = [fault];
          const failure = await replacement.run();
          if (calls <= number) break;
          const call = log.filter((each) => !["look", "check"].includes(each))[number];
          const message = `${code} ${after ? "after" : "before"} "${call}"`;
          if (failure !== undefined) await assertSafe(replacement, failure, message);
          else {
            assert.equal((await replacement.files())["offset.json"], "new", message);
            assert.deepEqual([faulty.open, faulty.misuses], [[], []], message);
            const names = Object.keys(await replacement.files());
            assert.deepEqual(names.filter((name) => name.endsWith(".tmp")), [], message);
          }
        }
      }
    }
  });
}

const BACKUP: Kind = { keep: "backup", retire: "nothing", durability: "full" };

const failing = (call: string) => ({
  when: ({ name }: { readonly name: string }) => name === call,
  code: "EIO",
});

test("P4 a rename that fails: main tells whether it is the new file, if anybody can tell", async () => {
  for (const files of [FILES, { other: "" }]) {
    const kind = { ...BACKUP, keep: files === FILES ? "backup" : "nothing" } as const;
    const sure = await Replacement.of(kind, files);
    sure.faulty.faults = [failing("rename")];
    assert.equal((await sure.run())!.onDisk, "previous");
    assert.deepEqual(await sure.files(), files);
    const unsure = await Replacement.of(kind, files);
    unsure.faulty.faults = [failing("rename"), {
      when: ({ name, path }) => name === "stat" && path === MAIN,
      code: "EIO",
    }];
    assert.equal((await unsure.run())!.onDisk, "either");
  }
});

test("P4 a sync that fails after the rename leaves a doubt, even if main is another's by then", async () => {
  const replacement = await Replacement.of(BACKUP);
  const { faulty, log } = replacement;
  const { before, fileSystem } = faulty;
  faulty.before = async (call) => {
    await before(call);
    const isRenamed = log.includes("rename offset.json");
    if (!isRenamed || call.name !== "syncDirectory") return;
    faulty.before = before;
    await fileSystem.unlink(MAIN);
    const other = await fileSystem.create(MAIN);
    await other.write(new TextEncoder().encode("of another"), 0);
    await other.close();
    faulty.faults = [failing("syncDirectory")];
  };
  assert.equal((await replacement.run())!.onDisk, "either");
  assert.deepEqual(replacement.events.map(({ event }) => event), ["in doubt"]);
  assert.equal((await replacement.files())["offset.json"], "of another");
});

test("P8 a temporary name that is somebody else's stays theirs", async () => {
  const replacement = await Replacement.of(BACKUP);
  const { fileSystem } = replacement.faulty;
  const name = "19700101T000000.000Z-0000ffff";
  await (await fileSystem.create(`${MAIN}.${name}.tmp`)).close();
  const failure = await replacement.run({
    fileSystem: { ...fileSystem, uniqueName: () => name },
  });
  assert.equal((failure!.error as { code?: string }).code, "EEXIST");
  assert.equal(failure!.onDisk, "previous");
  assert.deepEqual(await replacement.files(), { ...FILES, [`offset.json.${name}.tmp`]: "" });
});
