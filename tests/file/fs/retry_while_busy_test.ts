import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { retryWhileBusy } from "../../../src/file/fs/retry_while_busy.ts";
import { check } from "../../support/check.ts";
import { systemError } from "../../support/faulty_file_system.ts";

/** A call that is refused so many times, and the pauses between its attempts. */
async function attempts(refusals: number, code: string | undefined) {
  const pauses: number[] = [];
  let made = 0;
  const attempt = async () => {
    if (made++ < refusals) throw systemError(code, "rename");
    return "done";
  };
  const answer = await retryWhileBusy(attempt, async (ms) => void pauses.push(ms))
    .catch((error) => error);
  return { answer, made, pauses };
}

const BUSY = ["EPERM", "EBUSY", "EACCES"];

test("O6 a call that is not refused is made once, without a pause", async () => {
  assert.deepEqual(await attempts(0, "EBUSY"), { answer: "done", made: 1, pauses: [] });
});

test("O6 a busy file is tried again with growing, short pauses", async () => {
  for (const code of BUSY) {
    const { answer, pauses } = await attempts(10, code);
    assert.equal(answer, "done");
    assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 32, 32, 32, 32]);
  }
});

test("O6 after about two seconds the error is the call's own", async () => {
  for (const code of BUSY) {
    const { answer, made, pauses } = await attempts(Infinity, code);
    assert.equal(answer.code, code);
    assert.equal(made, pauses.length + 1, "the last attempt follows the last pause");
    const total = pauses.reduce((sum, ms) => sum + ms, 0);
    assert.ok(total >= 2000 && total < 2100, `${total} ms`);
  }
});

test("O6 a call succeeds exactly if the file is free again within the two seconds", async () => {
  const { pauses: all } = await attempts(Infinity, "EBUSY");
  await check(
    fc.asyncProperty(fc.nat(2 * all.length), fc.constantFrom(...BUSY), async (refusals, code) => {
      const { answer, made, pauses } = await attempts(refusals, code);
      assert.equal(answer === "done", refusals <= all.length);
      assert.equal(made, Math.min(refusals, all.length) + 1);
      assert.deepEqual(pauses, all.slice(0, refusals));
    }),
  );
});

test("O6 any other error is not tried again, at first and after a pause", async () => {
  for (const code of ["ENOSPC", "ENOENT", "EEXIST", "EROFS", undefined]) {
    for (const before of [0, 3]) {
      let made = 0;
      const pauses: number[] = [];
      const attempt = async () => {
        throw systemError(made++ < before ? "EBUSY" : code, "rename");
      };
      const trying = retryWhileBusy(attempt, async (ms) => void pauses.push(ms));
      await assert.rejects(trying, code === undefined ? /something/ : { code });
      assert.deepEqual([made, pauses.length], [before + 1, before]);
    }
  }
});
