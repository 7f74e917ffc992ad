import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetConflictError, OffsetLoadError, OffsetPersistError } from "../../../mod.ts";
import { persistErrorOf } from "../../../src/file/errors/persist_error_of.ts";
import { systemError } from "../../support/faulty_file_system.ts";

test("P4 P9 the errors that a persist documents reach its caller as they are", () => {
  const errors = [
    new OffsetConflictError("b", "it was changed"),
    new OffsetPersistError("b", systemError("EIO", "fsync"), "either"),
  ];
  for (const error of errors) assert.equal(persistErrorOf("a", error), error);
});

test("P4 any other error came before the file was replaced", () => {
  const causes = [
    systemError("ENOSPC", "write"),
    systemError(undefined, "write"),
    new OffsetLoadError("b", systemError("EACCES", "read")),
    new RangeError("out of memory"),
    "thrown text",
  ];
  for (const cause of causes) {
    const error = persistErrorOf("a", cause);
    assert.ok(error instanceof OffsetPersistError);
    assert.equal(error.path, "a");
    assert.equal(error.cause, cause);
    assert.equal(error.onDisk, "previous");
    assert.equal(error.code, (cause as { code?: string }).code);
  }
});
