/** File systems that lack a call: they are served, and that is reported once. A call that fails is an error. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, type OpenOptions, serialize } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DiskProcess, MAIN } from "./disk_process.ts";
import { expectLoaded } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";
import { noting } from "../support/noting.ts";

/** What a file system answers that does not have the call. */
const UNSUPPORTED = ["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

const OPTIONS: readonly Partial<OpenOptions>[] = [
  {},
  { journal: true },
  { onConflict: "merge", journal: true },
];

/** Uses a store whose calls of one name fail, and answers its diagnostics. */
async function useWithout(
  name: string,
  code: string,
  options: Partial<OpenOptions>,
  files: Record<string, string>,
): Promise<Diagnostic[]> {
  const disk = await diskWith(files);
  const process = new DiskProcess(disk);
  process.fail({ when: (call) => call.name === name, code });
  const seen: Diagnostic[] = [];
  const opening = process.open({ onDiagnostic: noting(seen), ...options });
  await assert.doesNotReject(opening);
  const store = await opening;
  for (const offset of [2, 3, 4]) {
    store.update(queue(0), offset, true);
    await assert.doesNotReject(store.persist());
  }
  await assert.doesNotReject(store.deleteDurable(queue(1)));
  await assert.doesNotReject(store.close());
  await expectLoaded(disk, tableOf(4));
  return seen;
}

const BEFORE = { "nothing": {}, "a main": { "offset.json": serialize(tableOf(1, 1)) } };

/** The calls that a store can do without, by the words that tell of them. */
const CALLS: Record<string, RegExp> = {
  syncDirectory: /director/i,
  link: /link/i,
  backdate: /time/i,
};

/** What a diagnostic says, in whichever of its fields. */
function textOf(diagnostic: Diagnostic): string {
  const { error } = diagnostic as { readonly error?: unknown };
  return JSON.stringify(diagnostic) + String(error);
}

for (const [name, words] of Object.entries(CALLS)) {
  for (const code of UNSUPPORTED) {
    test(
      `O5 a file system without ${name} is served, and that is reported once: ${code}`,
      async () => {
        for (const files of Object.values(BEFORE)) {
          for (const options of OPTIONS) {
            const seen = await useWithout(name, code, options, files);
            assert.equal(seen.length, 1, JSON.stringify(seen));
            assert.match(textOf(seen[0]), words);
          }
        }
      },
    );
  }
}

test("O5 a file system without hard links or times is served", async () => {
  for (const name of ["link", "backdate"]) {
    for (const code of ["ENOSYS", "ENOTSUP", "EOPNOTSUPP"]) {
      for (const options of OPTIONS) await useWithout(name, code, options, BEFORE["a main"]);
    }
  }
});

for (const code of UNSUPPORTED) {
  test(
    `O5 the operator's tool serves a file system without syncDirectory: ${code}`,
    async () => {
      const disk = await diskWith({ "offset.json": serialize(tableOf(1)) });
      const tool = new DiskProcess(disk);
      tool.fail({ when: ({ name }) => name === "syncDirectory", code });
      const { code: exit, err } = await runTool(tool, "reset", MAIN, "--to-offset", "7", "--yes");
      assert.equal(exit, 0, err);
      assert.match(err, /^Note: the file system of .* cannot sync directories: .*\n$/);
      await expectLoaded(disk, tableOf(7));
    },
  );
}

test("O5 relaxed, a file system without syncDirectory is no news", async () => {
  const options = { durability: "relaxed" } as const;
  assert.deepEqual(await useWithout("syncDirectory", "EINVAL", options, {}), []);
});

for (const name of ["syncDirectory", "link"]) {
  for (const code of ["EIO", "ENOSPC"]) {
    test(`O5 P4 a call that fails is an error, and no missing call: ${code} from ${name}`, async () => {
      const disk = await diskWith({ "offset.json": serialize(tableOf(1)) });
      const process = new DiskProcess(disk);
      const store = await process.open();
      store.update(queue(0), 2, true);
      process.fail({ when: (call) => call.name === name, code });
      await assert.rejects(store.persist(), { name: "OffsetPersistError", code });
      const opening = process.open();
      if (name === "syncDirectory") {
        await assert.rejects(opening, { name: "OffsetLoadError", code });
      } else await opening;
      process.restore();
      await store.persist();
      await expectLoaded(disk, tableOf(2));
    });
  }
}

for (const code of ["EINVAL", "ENOSYS", "EIO"]) {
  test(`O5 P2 an fsync of a file that is not done is an error, whatever its code: ${code}`, async () => {
    for (const journal of [false, true]) {
      const disk = await diskWith({ "offset.json": serialize(tableOf(1)) });
      const process = new DiskProcess(disk);
      const store = await process.open({ journal });
      for (const offset of [2, 3]) {
        store.update(queue(0), offset, true);
        await store.persist();
      }
      process.fail({ when: ({ name }) => /^sync(?:Data)?$/.test(name), code });
      store.update(queue(0), 4, true);
      await assert.rejects(store.persist(), { name: "OffsetPersistError", code });
    }
  });
}
