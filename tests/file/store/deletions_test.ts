/** The queues that are being deleted, against a model. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Deletion, Deletions } from "../../../src/file/store/deletions.ts";
import type { Held } from "../../../src/core/rules/resolve_conflict.ts";
import { check } from "../../support/check.ts";
import { queue } from "../../support/store_directory.ts";

const held: Held = { offset: 5n, frozen: false };

test("D2 a deletion takes over from an earlier one of its queue, with what memory held", () => {
  const deletions = new Deletions();
  const first = deletions.begin(queue(3), held);
  const second = deletions.begin(queue(3), undefined);
  assert.deepEqual([...deletions.all()].map(({ mq }) => mq), [queue(3)]);
  assert.equal(second.held, held, "the queue is as it was before the first");
  assert.equal(deletions.end(first), false, "it is the second's to end");
  assert.equal(deletions.has(queue(3)), true);
  assert.equal(deletions.end(second), true);
  assert.equal(deletions.has(queue(3)), false);
  assert.equal(deletions.end(second), false, "it has ended");
  assert.equal(
    deletions.begin(queue(3), undefined).held,
    undefined,
    "nothing of an ended one is kept",
  );
});

test("C4 all deletions are cancelled: each rejects, and a later one of the queue is not", () => {
  const deletions = new Deletions();
  const [first, second] = [deletions.begin(queue(1), held), deletions.begin(queue(2), undefined)];
  const { era } = deletions;
  deletions.cancelAll();
  assert.notEqual(deletions.era, era);
  assert.deepEqual([...deletions.all()].map(({ mq }) => mq), []);
  for (const each of [first, second]) {
    assert.ok(deletions.isCancelled(each));
    assert.equal(deletions.end(each), false, "nothing is to be restored");
  }
  const later = deletions.begin(queue(1), undefined);
  assert.equal(later.held, undefined);
  assert.ok(!deletions.isCancelled(later));
  assert.equal(deletions.end(later), true);
});

test("D2 a queue is being deleted until the last of its deletions ends, and each changes the era", () => {
  const step = fc.record({ begins: fc.boolean(), slot: fc.nat(3), which: fc.nat(10) });
  check(fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
    const deletions = new Deletions();
    const begun: Deletion[] = [];
    const current = new Map<number, Deletion>();
    for (const { begins, slot, which } of steps) {
      const { era } = deletions;
      if (begins || begun.length === 0) {
        const held = which % 2 === 0 ? { offset: BigInt(which), frozen: false } : undefined;
        const deletion = deletions.begin(queue(slot), held);
        assert.equal(deletion.held, held ?? current.get(slot)?.held);
        begun.push(deletion);
        current.set(slot, deletion);
      } else {
        const [deletion] = begun.splice(which % begun.length, 1);
        const isLast = current.get(deletion.mq.queueId) === deletion;
        assert.equal(deletions.end(deletion), isLast);
        if (isLast) current.delete(deletion.mq.queueId);
      }
      assert.notEqual(deletions.era, era);
      const ids = [...deletions.all()].map(({ mq }) => mq.queueId);
      assert.deepEqual(ids.sort(), [...current.keys()].sort());
      for (let slot = 0; slot < 4; slot++) {
        assert.equal(deletions.has(queue(slot)), current.has(slot));
      }
    }
  }));
});
