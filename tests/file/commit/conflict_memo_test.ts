/** A conflict that is remembered, so that a timer does not read the same files at every tick. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetConflictError } from "../../../mod.ts";
import { ConflictMemo } from "../../../src/file/commit/conflict_memo.ts";
import { validFile } from "../../support/read_files.ts";
import { tableOf } from "../../support/store_directory.ts";

const { info } = validFile("offset.json", tableOf(1));
const seen = { main: info, journal: undefined };
const error = new OffsetConflictError("offset.json", "it was changed");
/** A minute after the last change of the file. */
const LATER = info.mtimeMs + 60_000;

test("P9 the same files are the same conflict, and other files may be none", () => {
  const memo = new ConflictMemo();
  memo.check(seen);
  memo.remember(seen, error, LATER);
  assert.throws(() => memo.check({ ...seen }), (thrown) => thrown === error);
  memo.check({ ...seen, main: { ...info, size: info.size + 1 } });
  memo.check({ ...seen, journal: info });
});

test("P9 a young file is looked at again, and so is one after another error", () => {
  const memo = new ConflictMemo();
  memo.remember(seen, error, info.mtimeMs);
  memo.check(seen);
  memo.remember(seen, error, LATER);
  memo.remember(seen, new Error("EIO"), LATER);
  memo.check(seen);
});

test("C4 a conflict that was resolved is forgotten", () => {
  const memo = new ConflictMemo();
  memo.remember(seen, error, LATER);
  memo.forget();
  memo.check(seen);
});
