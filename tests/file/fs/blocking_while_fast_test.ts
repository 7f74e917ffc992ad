import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { BlockingWhileFast, Turn } from "../../../src/file/fs/blocking_while_fast.ts";

/** A clock of the test's own, in milliseconds. */
class Clock {
  now = 0;
}

/** Where calls are made that take so many milliseconds each. */
class Calls {
  readonly places: string[] = [];
  readonly #quick: BlockingWhileFast;
  readonly #clock: Clock;

  constructor(turn = new Turn(), clock = new Clock()) {
    this.#clock = clock;
    this.#quick = new BlockingWhileFast(() => clock.now, turn);
  }

  async take(...durations: number[]): Promise<void> {
    for (const ms of durations) {
      const call = (place: string) => {
        this.#clock.now += ms;
        return this.places.push(place);
      };
      const answer = this.#quick.run(() => call("here"), () => Promise.resolve(call("elsewhere")));
      assert.ok(await answer <= this.places.length);
    }
  }
}

test("P2 a call is made elsewhere at first, here while that is quick, and elsewhere when it is not", async () => {
  const calls = new Calls();
  await calls.take(0.5, 0.75, 1, 5, 0.5, 0.25);
  assert.deepEqual(calls.places, [
    ...["elsewhere", "here", "here", "elsewhere", "elsewhere", "here"],
  ]);
});

test("P2 quick calls, of whatever kind, do not take all of a turn of the event loop", async () => {
  const [turn, clock] = [new Turn(), new Clock()];
  const [one, other] = [new Calls(turn, clock), new Calls(turn, clock)];
  await one.take(0.5, 0.875, 0.875);
  await other.take(0.5, 0.875);
  // What is done between the calls takes the others' time as well.
  clock.now += 0.75;
  assert.ok(!turn.isOver(clock.now));
  await other.take(0.125);
  assert.ok(turn.isOver(clock.now));
  assert.deepEqual(other.places, ["elsewhere", "here", "here"]);
  const taking = Array.from({ length: 8 }, () => one.take(0.9));
  const made = async () => {
    // Whatever needs no other turn of the event loop is done.
    for (let i = 0; i < 100; i++) await undefined;
    return one.places.length;
  };
  assert.equal(await made(), 3, "they wait for a turn");
  // The time that passes in between is nobody's.
  clock.now += 100;
  await turn.next();
  assert.equal(await made(), 8, "which has as much time, and no more");
  await turn.next();
  assert.equal(await made(), 11);
  await Promise.all(taking);
  assert.deepEqual(new Set(one.places.slice(1)), new Set(["here"]));
  await turn.next();
  assert.ok(!turn.isOver(clock.now));
});

test("P2 the time of a call of two parts is that of both, and no turn comes between them", async () => {
  const [turn, clock] = [new Turn(), new Clock()];
  const quick = new BlockingWhileFast(() => clock.now, turn);
  const places: string[] = [];
  const call = (ms: number) =>
    quick.run(
      () => void (places.push("here"), clock.now += ms),
      async () => void (places.push("elsewhere"), clock.now += ms),
    );
  assert.ok(!quick.begin(), "nobody knows yet whether they are quick");
  await call(0.5);
  assert.ok(quick.begin());
  clock.now += 0.5;
  await call(0.25);
  clock.now += 0.25;
  await call(0.125);
  assert.ok(quick.begin(), "what comes behind has a time of its own");
  clock.now += 0.75;
  await call(0.25);
  assert.ok(!quick.begin(), "both together took a millisecond");
  await call(0.25);
  assert.deepEqual(places, ["elsewhere", "here", "here", "here", "elsewhere"]);
  clock.now += 1.375;
  assert.ok(quick.begin());
  clock.now += 0.75;
  assert.ok(turn.isOver(clock.now), "the first parts begin the turn, too");
  const done = call(0.125);
  assert.equal(places.at(-1), "here", "what is begun does not wait");
  await done;
  assert.ok(!quick.begin(), "the turn is over");
  const waiting = call(0.125);
  assert.equal(places.length, 6);
  await turn.next();
  await waiting;
  assert.equal(places.length, 7);
  for (let i = 0; i < 2; i++) await call(0.125);
  assert.deepEqual(places.slice(7), ["here", "here"], "what is over counts no more");
  assert.ok(quick.begin());
  clock.now += 4;
  assert.ok(!quick.begin(), "the others have their turn first");
  const late = call(0.125);
  assert.equal(places.length, 9, "and what was begun before is begun anew");
  await turn.next();
  await late;
});

test("P2 a call that took just a millisecond is not quick, wherever it was made", async () => {
  const calls = new Calls();
  await calls.take(1, 0.5, 1, 0.5);
  assert.deepEqual(calls.places, ["elsewhere", "elsewhere", "here", "elsewhere"]);
});

test("P2 by the process's own clock, too, a quick call is made here sooner or later", async () => {
  const quick = new BlockingWhileFast();
  let isHere = false;
  for (let round = 0; round < 1000 && !isHere; round++) {
    await quick.run(() => void (isHere = true), () => Promise.resolve());
    await setImmediate();
  }
  assert.ok(isHere);
});

test("P4 a call that fails, here or elsewhere, is an error", async () => {
  let now = 0;
  const quick = new BlockingWhileFast(() => now++ / 10);
  const failing = () => Promise.reject(new Error("elsewhere"));
  await assert.rejects(async () => await quick.run(() => {}, failing), /elsewhere/);
  await quick.run(() => {}, () => Promise.resolve());
  const here = () => {
    throw new Error("here");
  };
  await assert.rejects(async () => await quick.run(here, failing), /here/);
});
