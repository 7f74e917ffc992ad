/** How the commits of a store went, in numbers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CommitCounts } from "../../../src/file/store/commit_counts.ts";
import { check } from "../../support/check.ts";
import { withClockAt } from "../../support/stopped_clock.ts";

test("P4 before the first commit there is neither a success nor an error", () => {
  assert.deepEqual(new CommitCounts().status, {
    generationsWritten: 0,
    bytesWritten: 0,
    lastSuccess: undefined,
    lastError: undefined,
  });
});

test("P4 P6 a status counts what was written, and tells how the last commit went", async () => {
  const commit = fc.oneof(
    fc.record({ bytes: fc.nat(100) }),
    fc.record({ bytes: fc.constant(0) }),
    fc.record({ error: fc.string() }),
  );
  await check(fc.asyncProperty(fc.array(commit), async (commits) => {
    const counts = new CommitCounts();
    let [generationsWritten, bytesWritten] = [0, 0];
    let lastSuccess: number | undefined;
    for (const [number, commit] of commits.entries()) {
      const before = counts.status;
      const copy = { ...before };
      const error = "error" in commit ? new Error(commit.error) : undefined;
      await withClockAt(number, async () => {
        if ("error" in commit) return counts.failed(error);
        counts.succeeded(commit.bytes);
        lastSuccess = number;
        // A persist of a table that the files hold already writes nothing.
        if (commit.bytes > 0) generationsWritten++;
        bytesWritten += commit.bytes;
      });
      const { status } = counts;
      assert.equal(status.lastError, error);
      const expected = { generationsWritten, bytesWritten, lastSuccess, lastError: error };
      assert.deepEqual(status, expected);
      assert.deepEqual(before, copy, "a status that was given away stays as it is");
    }
  }));
});
