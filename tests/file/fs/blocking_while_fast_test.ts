import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { BlockingWhileFast, Turn } from "../../../src/file/fs/blocking_while_fast.ts";
import { check, inProportion } from "../../support/check.ts";

/** A clock of the test's own, in milliseconds. */
class Clock {
  now = 0;
}

/** Calls that take so many milliseconds each, and the places where they are made. */
class Calls {
  readonly places: string[] = [];
  readonly #fast: BlockingWhileFast;
  readonly #clock: Clock;

  constructor(turn = new Turn(), clock = new Clock()) {
    this.#clock = clock;
    this.#fast = new BlockingWhileFast(() => clock.now, turn);
  }

  async take(...durations: number[]): Promise<void> {
    for (const ms of durations) {
      const call = (place: string) => {
        this.#clock.now += ms;
        return this.places.push(place);
      };
      const answer = this.#fast.run(() => call("here"), () => Promise.resolve(call("elsewhere")));
      assert.ok(await answer <= this.places.length);
    }
  }
}

test("P2 a call is made elsewhere at first, and here as long as the last one was fast", async () => {
  const calls = new Calls();
  await calls.take(0.5, 0.75, 1, 5, 0.5, 0.25);
  assert.deepEqual(calls.places, [
    ...["elsewhere", "here", "here", "elsewhere", "elsewhere", "here"],
  ]);
});

test("P2 the duration of the last call alone decides where the next one is made", async () => {
  const duration = fc.constantFrom(0, 0.25, 0.5, 1 - 1 / 1024, 1, 1 + 1 / 1024, 2, 50);
  await check(
    fc.asyncProperty(fc.array(duration, { maxLength: 20, size: "max" }), async (durations) => {
      const calls = new Calls();
      await calls.take(...durations);
      const expected = durations.map((_, i) =>
        i > 0 && durations[i - 1] < 1 ? "here" : "elsewhere"
      );
      assert.deepEqual(calls.places, expected);
    }),
  );
});

test("P2 no turn of the event loop is used for more than a few milliseconds", async () => {
  const durations = fc.array(fc.constantFrom(0.125, 0.5, 0.75, 0.875), {
    minLength: 10,
    maxLength: 40,
    size: "max",
  });
  await check(
    fc.asyncProperty(durations, fc.nat(2), async (durations, more) => {
      const [turn, clock] = [new Turn(), new Clock()];
      const kinds = Array.from({ length: 1 + more }, () => new Calls(turn, clock));
      // The first call of a kind may be slow, so it is made elsewhere.
      for (const each of kinds) await each.take(0.5);
      const [start, longest] = [clock.now, Math.max(...durations)];
      let [turnStart, turns] = [start, 1];
      const taken = durations.map(async (ms, i) => {
        await kinds[i % kinds.length].take(ms);
        assert.ok(clock.now - turnStart <= 4 + longest, "the turn is over by then");
      });
      const all = Promise.all(taken).then(() => "done" as const);
      while (await Promise.race([all, turn.next()]) !== "done") {
        turnStart = clock.now;
        turns++;
      }
      const total = durations.reduce((sum, ms) => sum + ms, 0);
      assert.ok(turns >= Math.floor(total / (4 + longest)), `${turns} turns for ${total} ms`);
    }),
    { numRuns: 30 },
  );
});

test("P2 calls that wait for a turn come to an end, though one before them is slow", async () => {
  // Five fast ones use a turn up, and the others wait.
  const duration = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(0.875, 0.9375) },
    { weight: 1, arbitrary: fc.constantFrom(0.5, 5) },
  );
  const durations = fc.array(duration, { maxLength: 30, size: "max" });
  let waited = 0;
  await check(
    fc.asyncProperty(durations, async (durations) => {
      const [turn, clock] = [new Turn(), new Clock()];
      const calls = new Calls(turn, clock);
      await calls.take(0.5);
      const all = Promise.all(durations.map((ms) => calls.take(ms))).then(() => "done" as const);
      let turns = 0;
      // Each call waits for one turn at most, behind the others.
      while (turns <= durations.length && await Promise.race([all, turn.next()]) !== "done") {
        turns++;
      }
      assert.equal(calls.places.length, 1 + durations.length, "every call was made");
      if (turns > 0 && calls.places.includes("elsewhere", 1)) waited++;
    }),
  );
  assert.ok(waited > inProportion(20), `${waited}`);
});

test("P2 fast calls of all kinds together leave the event loop its turns", async () => {
  const [turn, clock] = [new Turn(), new Clock()];
  const [one, other] = [new Calls(turn, clock), new Calls(turn, clock)];
  await one.take(0.5, 0.875, 0.875);
  await other.take(0.5, 0.875);
  // Work between the calls takes the others' time, too.
  clock.now += 0.75;
  assert.ok(!turn.isOver(clock.now));
  await other.take(0.125);
  assert.ok(turn.isOver(clock.now));
  assert.deepEqual(other.places, ["elsewhere", "here", "here"]);
  const taking = Array.from({ length: 8 }, () => one.take(0.9));
  const made = async () => {
    // All calls that need no other turn of the event loop are made.
    for (let i = 0; i < 100; i++) await undefined;
    return one.places.length;
  };
  assert.equal(await made(), 3, "they wait for a turn");
  // The time between two turns does not count.
  clock.now += 100;
  await turn.next();
  assert.equal(await made(), 8, "it has as much time, and no more");
  await turn.next();
  assert.equal(await made(), 11);
  await Promise.all(taking);
  assert.deepEqual(new Set(one.places.slice(1)), new Set(["here"]));
  await turn.next();
  assert.ok(!turn.isOver(clock.now));
});

test("P2 a call that took just a millisecond is not fast, wherever it was made", async () => {
  const calls = new Calls();
  await calls.take(1, 0.5, 1, 0.5);
  assert.deepEqual(calls.places, ["elsewhere", "elsewhere", "here", "elsewhere"]);
});

test("P2 by the process's own clock, a fast call is made here sooner or later", async () => {
  const fast = new BlockingWhileFast();
  let isHere = false;
  for (let round = 0; round < 1000 && !isHere; round++) {
    await fast.run(() => void (isHere = true), () => Promise.resolve());
    await setImmediate();
  }
  assert.ok(isHere);
});

test("P4 a call that fails, here or elsewhere, is an error", async () => {
  let now = 0;
  const fast = new BlockingWhileFast(() => now++ / 10);
  const failing = () => Promise.reject(new Error("elsewhere"));
  await assert.rejects(async () => await fast.run(() => {}, failing), /elsewhere/);
  await fast.run(() => {}, () => Promise.resolve());
  const here = () => {
    throw new Error("here");
  };
  await assert.rejects(async () => await fast.run(here, failing), /here/);
});
