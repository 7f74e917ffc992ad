/** What a listener hears, and how often. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import type { Diagnostic } from "../../../mod.ts";
import { Reporter } from "../../../src/file/store/reporter.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

const failure = (path: string, message: string): Diagnostic => (
  { kind: "persist-failed", path, error: new Error(message) }
);

const cleanup = (path: string, message: string): Diagnostic => (
  { kind: "cleanup-failed", path, error: new Error(message) }
);

test("C5 the same failure is told once, until it is another or something else happened there", () => {
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
  reporter.succeeded();
  report(failure("a", "ENOSPC"));
  assert.equal(heard.length, 1, "after a success it is news");
});

test("C5 each failure of a kind and a path is told, and told again only after another one", () => {
  const [kinds, paths] = [[failure, cleanup], ["a", "b"]];
  const step = fc.record({
    kind: fc.nat(1),
    path: fc.nat(1),
    message: fc.nat(2),
    succeeds: fc.boolean(),
  });
  check(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const heard: Diagnostic[] = [];
    const reporter = new Reporter((each) => heard.push(each));
    const last = new Map<string, number>();
    for (const { kind, path, message, succeeds } of steps) {
      if (succeeds) {
        reporter.succeeded();
        for (const path of paths) last.delete(`0 ${path}`);
      }
      const key = `${kind} ${paths[path]}`;
      const diagnostic = kinds[kind](paths[path], `${message}`);
      reporter.report(diagnostic);
      assert.deepEqual(heard.splice(0), last.get(key) === message ? [] : [diagnostic]);
      last.set(key, message);
    }
  }));
});

test("C5 what is no failure is told each time", () => {
  const heard: Diagnostic[] = [];
  const { report } = new Reporter((each) => heard.push(each));
  for (let times = 0; times < 3; times++) report({ kind: "merged", path: "a" });
  assert.equal(heard.length, 3);
});

test("C5 errors of the listener are ignored, and failures of any kind of value are told", () => {
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

test("C5 without a listener nothing is thrown", () => {
  new Reporter().report(failure("a", "ENOSPC"));
});

test("C5 a timer's failure is told once for each time that persisting fails after it worked", async () => {
  await using at = await StoreDirectory.make();
  const faulty = new FaultyFileSystem();
  const heard: Diagnostic[] = [];
  const store = await at.open({
    persistEveryMs: 1,
    fileSystem: faulty.fileSystem,
    onDiagnostic: (each) => heard.push(each),
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
