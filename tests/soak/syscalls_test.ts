import assert from "node:assert/strict";
import { test } from "node:test";
import { boundariesOf } from "../../scripts/verify/syscalls/boundary.ts";
import { failuresOf, FAULTS, probeAll } from "../../scripts/verify/syscalls/probe_all.ts";
import { currentRuntime } from "../../scripts/lib/runtimes.ts";
import { parseTrace, whyNoStrace } from "../../scripts/verify/syscalls/strace.ts";
import { main } from "../../scripts/verify/syscalls.ts";
import { inDirectory } from "./in_directory.ts";
import { runMain } from "./run_main.ts";

const obstacle = await whyNoStrace();
if (obstacle !== undefined) console.log(`System-call boundaries are not tested here: ${obstacle}`);

/** The calls that change the disk; `deno task syscalls` takes all. */
const CALLS = new Set(["pwrite64", "fsync", "link", "linkat", "rename", "unlink"]);

test("P3 a kill, and EIO, at each system call that changes the disk loses nothing", {
  skip: obstacle ?? false,
}, async () => {
  await inDirectory(async (folder) => {
    const probes = await probeAll({
      folder,
      runtimes: [currentRuntime()],
      settings: ["next persist"],
      only: ({ phase, call }) => phase === "persist" && CALLS.has(call),
    });
    assert.deepEqual(failuresOf(probes), []);
    const [{ boundaries, outcomes }] = probes;
    const calls = new Set(boundaries.map(({ call }) => call.replace("linkat", "link")));
    assert.deepEqual([...calls].sort(), ["fsync", "link", "pwrite64", "rename", "unlink"]);
    const left = (call: string) =>
      boundaries.filter((boundary) => boundary.call === call)
        .map((boundary) => outcomes.get(boundary)?.get(FAULTS[0]));
    // A fault comes before the call: only what comes after the rename of main finds the new one, and
    // the backup is renamed last.
    assert.deepEqual(left("rename"), ["the old one", "the new one"]);
    assert.equal(left("fsync").at(0), "the old one");
    assert.equal(left("fsync").at(-1), "the new one");
  });
});

test("P3 a kill, and EIO, at each look at the file that is loaded, whichever thread looks", {
  skip: obstacle ?? false,
}, async () => {
  await inDirectory(async (folder) => {
    const probes = await probeAll({
      folder,
      runtimes: [currentRuntime()],
      settings: ["next persist"],
      only: ({ phase, call, targets }) =>
        phase === "load" && /stat/.test(call) && targets[0] === "offset.json",
    });
    assert.deepEqual(failuresOf(probes), []);
    assert.ok(probes[0].boundaries.length > 0);
  });
});

test("syscalls: a boundary that was not met, and an outcome that must not be, are failures", () => {
  const boundary = {
    phase: "persist",
    step: 7,
    call: "fsync",
    targets: ["offset.json"],
    thread: "other",
    occurrence: 2,
  } as const;
  const outcomes = new Map([[boundary, new Map([[FAULTS[0], "LOST in the load"]])]]);
  const probe = { runtime: "bun", setting: "next persist", boundaries: [boundary], outcomes };
  assert.deepEqual(failuresOf([probe as Parameters<typeof failuresOf>[0][0]]), [
    "bun, next persist, persist: signal=KILL at fsync offset.json (step 7, other thread, 2): " +
    "LOST in the load",
    "bun, next persist, persist: error=EIO at fsync offset.json (step 7, other thread, 2): " +
    "NOT INJECTED",
  ]);
});

test("syscalls: boundaries are counted by step and thread; a trace lacking a phase is refused", () => {
  const call = (name: string, target: string, thread = "7") => ({
    name,
    targets: [target],
    thread,
    injected: false,
  });
  const calls = [
    call("stat", "step"),
    call("read", "offset.json", "8"),
    call("read", "offset.json"),
    call("read", "offset.json", "9"),
    call("stat", "persist-begins"),
    call("stat", "step"),
    call("read", "offset.json"),
    call("stat", "close-begins"),
    call("unlink", "offset.json.lock"),
  ];
  const places = boundariesOf(calls).map(({ phase, step, call, thread, occurrence }) =>
    [phase, step, call, thread, occurrence].join(" ")
  );
  assert.deepEqual(places, [
    "load 1 read other 1",
    "load 1 read main 1",
    "load 1 read other 2",
    "persist 2 read main 1",
    "close 2 unlink main 1",
  ]);
  for (const [phase, end] of [["load", 0], ["persist", 5]] as const) {
    assert.throws(() => boundariesOf(calls.slice(0, end)), {
      message: `Cannot find the boundaries: the trace has no call of a ${phase}`,
    });
  }
  assert.equal(boundariesOf(calls.slice(0, 8)).length, 4, "a close may have nothing to do");
});

test("syscalls: a trace is read, with calls that another thread's interrupt", () => {
  const paths = new Map([["/s", "directory"], ["/s/a", "a"], ["/s/b", "b"]]);
  const text = [
    '7 openat(AT_FDCWD</s>, "/s/a", O_RDONLY) = 3</s/a>',
    "7 fsync(3</s/a> <unfinished ...>",
    "8 close(4</s>) = -1 EIO (Input/output error) (INJECTED)",
    "7 <... fsync resumed>) = -1 EIO (Input/output error) (INJECTED)",
    '8 rename("/s/a", "/s/b" <unfinished ...>',
    "7 +++ killed by SIGKILL +++",
    "8 <... rename resumed>) = ?",
  ].join("\n");
  assert.deepEqual(parseTrace(text, paths), [
    { name: "openat", targets: ["a"], thread: "7", injected: false },
    { name: "fsync", targets: ["a"], thread: "7", injected: true },
    { name: "close", targets: ["directory"], thread: "8", injected: true },
    { name: "rename", targets: ["a", "b"], thread: "8", injected: false },
  ]);
  // Of one thread only, strace does not say which.
  assert.deepEqual(
    parseTrace("fsync(3</s/a>) = -1 EIO (Input/output error) (INJECTED)", paths, "7"),
    [
      { name: "fsync", targets: ["a"], thread: "7", injected: true },
    ],
  );
});

test("syscalls: the help, and wrong usage", async () => {
  const help = await runMain(main, ["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /Needs strace/);
  for (const argv of [["--runtime", "java"], ["--nonsense"], ["stray"]]) {
    const { code, out, err } = await runMain(main, argv);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^Cannot probe: /);
  }
});
