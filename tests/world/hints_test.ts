/** Each error says what it means and what to do; O6, P4, L5. */
import assert from "node:assert/strict";
import { utimes } from "node:fs/promises";
import { test } from "node:test";
import { type Diagnostic, nodeFileSystem, OffsetLoadError, OffsetPersistError } from "../../mod.ts";
import { adviceFor } from "../../src/file/errors/advice.ts";
import { describeAge, formatAge } from "../../scripts/offsets/output/age.ts";
import { FaultyFileSystem, systemError } from "../support/faulty_file_system.ts";
import { run } from "../scripts/offsets_run.ts";
import { queue, StoreDirectory, tableOf } from "../support/store_directory.ts";

const WORDS: Readonly<Record<string, RegExp>> = {
  ENOSPC: /make room on the disk$/,
  EDQUOT: /quota/,
  EFBIG: /ulimit -f/,
  EACCES: /give this user the right$/,
  EPERM: /give this user the right$/,
  EROFS: /mount it for writing$/,
  EINVAL: /does not have this call; keep the offsets on a local one$/,
  ENOTSUP: /does not have this call/,
  ENOSYS: /does not have this call/,
  EMFILE: /ulimit -n/,
  ENFILE: /ulimit -n/,
  ENAMETOOLONG: /shorten the client id or the group$/,
  ESTALE: /mount it again$/,
  EIO: /the system's log$/,
  EUCLEAN: /the system's log$/,
  EBUSY: /another program has the file open, or it is a mount point/,
};

test("P4 L5 an error of the store says what to do, and only what fits its code", () => {
  for (const [code, words] of Object.entries(WORDS)) {
    const cause = systemError(code, "write");
    const advice = adviceFor(cause, "linux")!;
    assert.match(advice, words);
    if (code !== "ENOSPC" && code !== "EDQUOT") assert.doesNotMatch(advice, /make room/);
    if (code !== "EACCES" && code !== "EPERM") assert.doesNotMatch(advice, /right/);
    for (
      const error of [
        new OffsetPersistError("/x", cause, "previous"),
        new OffsetPersistError("/x", cause, "either"),
        new OffsetLoadError("/x", cause),
      ]
    ) assert.ok(error.message.endsWith(`; ${adviceFor(cause)}`), error.message);
  }
  for (const cause of [new Error("no code"), systemError("ENOENT", "open"), undefined, "text"]) {
    assert.equal(adviceFor(cause), undefined);
    assert.match(
      new OffsetPersistError("/x", cause, "previous").message,
      /; the file is as it was$/,
    );
  }
});

test("O6 on Windows a busy file, or one that is refused, may be open in another program", () => {
  for (const code of ["EBUSY", "EPERM", "EACCES"]) {
    assert.match(
      adviceFor(systemError(code, "rename"), "win32")!,
      /another program, such as a scanner, has the file open; exclude the directory$/,
    );
  }
});

test("P4 a main file that is itself mounted: the error says to mount its directory", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  // As Linux answers for a file that a container mounts by itself.
  faulty.faults = [
    { when: ({ name }) => name === "link", code: "EXDEV" },
    { when: ({ name, path }) => name === "rename" && path === at.main, code: "EBUSY" },
  ];
  const store = await at.open({ fileSystem: faulty.fileSystem });
  store.update(queue(0), 2n, true);
  const error = await store.persist().then(() => undefined, (error) => error);
  assert.ok(error instanceof OffsetPersistError);
  assert.equal(error.code, "EBUSY");
  assert.match(
    error.message,
    /; the file is as it was; the file itself is mounted, as a container mounts a single file, and a /,
  );
  assert.match(error.message, /mount the directory of the file instead$/);
  assert.ok((await at.table()).equals(tableOf(1)));
  faulty.faults = [];
  await store.close();
});

test("P4 the operator's tool gives the same advice, not one for all errors", async () => {
  const cases = {
    ENOSPC: /Make room on the disk; then run/,
    EINVAL: /does not have this call/,
    EACCES: /Give this user the right; then run/,
  };
  for (const [code, words] of Object.entries(cases)) {
    await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
    const methods = { ...nodeFileSystem };
    Object.assign(nodeFileSystem, { rename: () => Promise.reject(systemError(code, "rename")) });
    try {
      const { code: exit, err } = await run([
        "reset",
        at.main,
        "--to-offset",
        "7",
        "--force",
        "--yes",
      ]);
      assert.equal(exit, 3);
      assert.match(err, words);
      assert.match(err, /The file is as it was\./);
    } finally {
      Object.assign(nodeFileSystem, methods);
    }
  }
});

test("P9 a main that was removed is written again, and no merge is reported", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const told: Diagnostic[] = [];
  const onDiagnostic = (each: Diagnostic) => {
    if (each.kind !== "persisted") told.push(each);
  };
  const store = await at.open({ onConflict: "merge", onDiagnostic });
  await nodeFileSystem.unlink(at.main);
  store.update(queue(0), 5n, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(5)));
  assert.deepEqual(told, []);
  await at.write("offset.json", tableOf(9));
  store.update(queue(0), 6n, true);
  await store.persist();
  assert.deepEqual(told, [{ kind: "merged", path: at.main }]);
  await store.close();
});

test("an age: worked examples, and a file from the future", async () => {
  const DAY = 86_400_000;
  const cases = { 0: "0s", 59_999: "59s", 60_000: "1m", [DAY]: "1d", [-5000]: "0s" };
  for (const [ms, age] of Object.entries(cases)) assert.equal(formatAge(Number(ms)), age);
  assert.equal(formatAge(-2 * DAY), "-2d");
  assert.equal(describeAge(2 * DAY), "2d old");
  assert.equal(describeAge(-2 * DAY), "dated 2d in the future");
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const future = new Date(Date.now() + 100.5 * DAY);
  await utimes(at.main, future, future);
  assert.match((await run(["show", at.main])).out, /dated 100d in the future/);
  assert.match((await run(["verify", at.main])).out, /dated 100d in the future/);
  assert.match((await run(["list", at.root])).out, / -100d /);
});
