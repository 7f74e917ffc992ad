/** What the errors say, in words and in fields. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  OffsetConflictError,
  OffsetFileCorruptError,
  OffsetLoadError,
  OffsetPersistError,
  OffsetResolveError,
  OffsetStoreClosedError,
} from "../../../mod.ts";
import { systemError } from "../../support/faulty_file_system.ts";

const cause = systemError("EIO", "read");

/** The fields of an error that are there to be read. */
function told(error: Error): Record<string, unknown> {
  return { ...error, name: error.name, message: error.message, cause: error.cause };
}

test("L4 an error about corrupt files tells which, what is wrong with each, and the choice", () => {
  const faults = [
    { path: "a", reason: "it is empty", cause },
    { path: "b", reason: "it holds nothing but NUL bytes" },
  ];
  assert.deepEqual(told(new OffsetFileCorruptError("a", faults)), {
    name: "OffsetFileCorruptError",
    message: 'Cannot load offsets from "a": no file is usable ' +
      '("a": it is empty; "b": it holds nothing but NUL bytes)',
    cause,
    path: "a",
    faults,
    candidates: [],
  });
  assert.deepEqual(told(new OffsetFileCorruptError("a", [], ["a", "b"])), {
    name: "OffsetFileCorruptError",
    message: 'Cannot load offsets from "a": it must be decided whether to use "a" or "b" ()',
    cause: undefined,
    path: "a",
    faults: [],
    candidates: ["a", "b"],
  });
});

test("L5 an error about a file that could not be examined tells what the system said", () => {
  assert.deepEqual(told(new OffsetLoadError("a", cause)), {
    name: "OffsetLoadError",
    message: 'Cannot load offsets from "a": EIO: read failed; ' +
      "the device or its file system is damaged; look into the system's log",
    cause,
    path: "a",
    code: "EIO",
  });
});

test("P4 an error about a persist tells what is on the disk", () => {
  for (
    const [onDisk, says] of [
      ["previous", "the file is as it was"],
      ["either", "the new offsets are there, or may be the previous ones again after a power cut"],
    ] as const
  ) {
    assert.deepEqual(told(new OffsetPersistError("a", cause, onDisk)), {
      name: "OffsetPersistError",
      message: `Cannot persist offsets to "a": EIO: read failed; ${says}; ` +
        "the device or its file system is damaged; look into the system's log",
      cause,
      path: "a",
      code: "EIO",
      onDisk,
    });
  }
});

test("P9 an error about a conflict tells what has become of the file", () => {
  assert.deepEqual(told(new OffsetConflictError("a", "it was changed", { cause })), {
    name: "OffsetConflictError",
    message: 'Cannot persist offsets to "a": it was changed since it was last read, perhaps by ' +
      "another process with the same client id (give each its own instance name) or by the " +
      'operator\'s tool; go on with resolveConflict("theirs" | "mine" | "max"), abandon() the ' +
      'store, or open it with onConflict: "merge"',
    cause,
    path: "a",
  });
});

test("C4 an error about a choice that is refused tells why, and what goes on", () => {
  assert.deepEqual(told(new OffsetResolveError("a", "max", "it is empty", { cause })), {
    name: "OffsetResolveError",
    message:
      'Cannot resolve the conflict about "a" with "max": the file is unusable (it is empty); ' +
      'resolveConflict("mine") goes on and keeps it under another name',
    cause,
    path: "a",
    choice: "max",
  });
});

test("an error about a closed store tells what was tried", () => {
  assert.deepEqual(told(new OffsetStoreClosedError("update", "a")), {
    name: "OffsetStoreClosedError",
    message: 'Cannot update offsets of "a": the store is closed',
    cause: undefined,
    path: "a",
  });
});
