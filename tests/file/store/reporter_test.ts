/** What a listener hears, and how often. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import type { Diagnostic } from "../../../mod.ts";
import { Reporter } from "../../../src/file/store/reporter.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { noting } from "../../support/noting.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const failure = (path: string, message: string): Diagnostic => (
  { kind: "persist-failed", path, error: new Error(message) }
);

const cleanup = (path: string, message: string): Diagnostic => (
  { kind: "cleanup-failed", path, error: new Error(message) }
);

/** What a commit may have written. */
const WRITTEN = ["nothing", "record", "snapshot"] as const;

test("C5 the same failure is reported once, until it is another or something else happened there", () => {
  const heard: string[] = [];
  const reporter = new Reporter((each) =>
    "error" in each && heard.push(`${each.kind} ${each.error}`)
  );
  const { report } = reporter;
  for (let times = 0; times < 3; times++) report(failure("a", "ENOSPC"));
  report(failure("a", "EIO"));
  report(failure("a", "EIO"));
  report(failure("a", "ENOSPC"));
  assert.deepEqual(heard.splice(0), [
    "persist-failed Error: ENOSPC",
    "persist-failed Error: EIO",
    "persist-failed Error: ENOSPC",
  ]);
  for (const as of WRITTEN) {
    reporter.succeeded(as);
    report(failure("a", "ENOSPC"));
    assert.equal(heard.splice(0).length, 1, "after a success it is news");
  }
});

test("C5 each failure of a kind and a path is reported, and reported again only after another one or a success", () => {
  const [kinds, paths] = [[failure, cleanup], ["a", "b"]];
  const step = fc.record({
    kind: fc.nat(1),
    path: fc.nat(1),
    message: fc.nat(2),
    succeeds: fc.option(fc.constantFrom(...WRITTEN), { nil: undefined }),
  });
  check(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const heard: Diagnostic[] = [];
    const reporter = new Reporter((each) => heard.push(each));
    const last = new Map<string, number>();
    const recent = new Set<string>();
    for (const { kind, path, message, succeeds } of steps) {
      if (succeeds !== undefined) {
        reporter.succeeded(succeeds);
        for (const path of paths) {
          last.delete(`0 ${path}`);
          if (succeeds === "snapshot" && !recent.has(`1 ${path}`)) last.delete(`1 ${path}`);
        }
        if (succeeds === "snapshot") recent.clear();
      }
      const key = `${kind} ${paths[path]}`;
      const diagnostic = kinds[kind](paths[path], `${message}`);
      reporter.report(diagnostic);
      assert.deepEqual(heard.splice(0), last.get(key) === message ? [] : [diagnostic]);
      last.set(key, message);
      recent.add(key);
    }
  }));
});

test("C5 a diagnostic that is no failure is reported each time", () => {
  const heard: Diagnostic[] = [];
  const { report } = new Reporter((each) => heard.push(each));
  for (let times = 0; times < 3; times++) report({ kind: "merged", path: "a" });
  assert.equal(heard.length, 3);
});

test("C5 errors of the listener are ignored, and failures of any kind of value are reported", () => {
  const heard: unknown[] = [];
  const { report } = new Reporter((each) => {
    heard.push("error" in each && each.error);
    throw new Error("a fault of the listener");
  });
  for (const error of ["a text", undefined, null, 7]) {
    report({ kind: "persist-failed", path: "a", error });
  }
  assert.deepEqual(heard, ["a text", undefined, null, 7]);
});

test("C5 a cleanup that fails again after a snapshot without its failure is news", () => {
  const heard: string[] = [];
  const reporter = new Reporter(({ kind }) => heard.push(kind));
  const tick = (fails: boolean, as: (typeof WRITTEN)[number]) => {
    if (fails) reporter.report(cleanup("a", "EBUSY"));
    reporter.succeeded(as);
    return heard.splice(0).length;
  };
  assert.deepEqual([1, 2, 3].map(() => tick(true, "snapshot")), [1, 0, 0], "once, not per tick");
  assert.deepEqual([tick(false, "record"), tick(false, "nothing")], [0, 0]);
  assert.equal(tick(true, "snapshot"), 0, "nothing has been cleared up in between");
  assert.equal(tick(false, "snapshot"), 0);
  assert.deepEqual([1, 2].map(() => tick(true, "snapshot")), [1, 0]);
});

/** The warnings of this process while something runs, by code and text. */
async function warningsOf(run: () => Promise<void> | void) {
  const heard: (Error & { code?: string; detail?: string })[] = [];
  const listen = (warning: Error) =>
    void (warning.name === "OffsetStoreWarning" && heard.push(warning));
  process.on("warning", listen);
  try {
    await run();
    await setTimeout(20);
  } finally {
    process.off("warning", listen);
  }
  return heard;
}

test("C5 a failure that nobody listens for is a warning, once; what is no failure is none", async () => {
  const warnings = await warningsOf(() => {
    const { report } = new Reporter();
    for (let times = 0; times < 3; times++) report(failure("a", "Cannot persist: ENOSPC"));
    for (let times = 0; times < 3; times++) report(cleanup("b", "EBUSY"));
    report({ kind: "merged", path: "a" });
    report({ kind: "root-not-synced", path: "a", error: new Error("EACCES") });
  });
  assert.deepEqual(warnings.map(({ code, message }) => [code, message]), [
    ["OFFSETSTORE_PERSIST_FAILED", "Cannot persist: ENOSPC"],
    ["OFFSETSTORE_CLEANUP_FAILED", 'Cannot clear up "b": EBUSY; the offsets are safe'],
  ]);
  for (const { detail } of warnings) assert.match(detail!, /onDiagnostic/);
});

for (const listens of [false, true]) {
  test(`C5 a timer that fails warns once for each change of state${listens ? ", but not with a listener" : ""}`, async () => {
    await using at = await StoreDirectory.make();
    const faulty = new FaultyFileSystem();
    const warnings = await warningsOf(async () => {
      const store = await at.open({
        persistEveryMs: 1,
        fileSystem: faulty.fileSystem,
        ...listens ? { onDiagnostic: () => {} } : {},
      });
      for (const offset of [1, 2]) {
        faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC" }];
        store.update(queue(0), offset, true);
        faulty.take();
        while (faulty.calls.filter((name) => name === "create").length < 5) await setTimeout(5);
        faulty.faults = [];
        while (store.status().lastError !== undefined) await setTimeout(5);
      }
      await store.close();
    });
    const codes = warnings.map(({ code }) => code);
    const expected = ["OFFSETSTORE_PERSIST_FAILED", "OFFSETSTORE_PERSIST_FAILED"];
    assert.deepEqual(codes, listens ? [] : expected);
  });
}

test("C5 a backup that cannot be renewed is reported again if it fails again after it was", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const faulty = new FaultyFileSystem();
  const heard: string[] = [];
  const store = await at.open({
    fileSystem: faulty.fileSystem,
    onDiagnostic: ({ kind }) => kind === "cleanup-failed" && heard.push(kind),
  });
  const told: number[] = [];
  for (const [offset, fails] of [[2, true], [3, true], [4, false], [5, true]] as const) {
    const isBackup = ({ name, path }: { name: string; path: string }) =>
      name === "rename" && path.endsWith(".bak");
    faulty.faults = fails ? [{ when: isBackup, code: "EBUSY" }] : [];
    store.update(queue(0), offset, true);
    await store.persist();
    told.push(heard.splice(0).length);
  }
  assert.deepEqual(told, [1, 0, 0, 1]);
});

test("C5 a timer's failure is reported once for each time that persisting fails after it worked", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const heard: Diagnostic[] = [];
  const store = await at.open({
    persistEveryMs: 1,
    fileSystem: faulty.fileSystem,
    onDiagnostic: noting(heard),
  });
  for (const offset of [1, 2]) {
    faulty.faults = [{ when: ({ name }) => name === "create", code: "ENOSPC" }];
    store.update(queue(0), offset, true);
    // Many ticks.
    faulty.take();
    while (faulty.calls.filter((name) => name === "create").length < 5) await setTimeout(5);
    assert.deepEqual(heard.splice(0).map(({ kind }) => kind), ["persist-failed"]);
    faulty.faults = [];
    while (store.status().lastError !== undefined) await setTimeout(5);
  }
  await store.close();
  assert.ok((await at.table()).equals(tableOf(2)));
});
