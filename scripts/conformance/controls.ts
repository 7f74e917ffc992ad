/**
 * Controls: a few calls that every store answers rightly. A client that always answers the same, or
 * that does nothing, breaks no case of some clauses; it fails the controls that such a clause needs.
 */
import { OffsetTable } from "../../src/core/mod.ts";
import { setTimeout } from "node:timers/promises";
import { QUEUES } from "./cases.ts";
import type { Ground } from "./ground.ts";
import { DriverDied, Violation } from "./verdict.ts";
import { World } from "./world.ts";

type Control = (world: World) => Promise<void>;

const [ONE, TWO, OTHER] = QUEUES;

const CONTROLS = {
  /** Memory holds two offsets, and none of a third queue. */
  async memory(world) {
    await world.openWell();
    await world.update(ONE, 7n);
    await world.update(TWO, 9n);
    const held = await world.look([ONE, TWO, OTHER]);
    world.expect(held.join() === "7,9,-1", "memory holds 7, 9 and -1", `it holds ${held.join()}`);
  },
  /** A persist writes an offset into the main file. */
  async file(world) {
    await world.openWell();
    await world.update(ONE, 7n);
    await world.persistWell();
    let held;
    // A client that also writes behind the calls moves the file away for a moment.
    for (let tries = 0; held !== 7n && tries < 20; tries++) {
      if (tries > 0) await setTimeout(20);
      held = (await world.table("main"))?.get(ONE);
    }
    world.expect(held === 7n, `${world.name("main")} holds 7`, `it holds ${held ?? "none"}`);
  },
  /** The next run reads an offset from a good file, and none of another queue. */
  async load(world) {
    await world.put("main", OffsetTable.from([[ONE, 7n]]));
    await world.openWell();
    for (const [mq, expected] of [[ONE, 7n], [OTHER, -1n]] as const) {
      const read = await world.read(mq, "memory-then-store");
      world.expect(read === expected, `${expected} is read`, `${read ?? "an error"} is read`);
    }
  },
} satisfies Record<string, Control>;

type ControlName = keyof typeof CONTROLS;

/** The controls of each family of clauses. */
const FAMILIES: Record<string, readonly ControlName[]> = {
  U: ["memory"],
  R: ["memory"],
  D: ["memory"],
  S: ["file", "load"],
  L: ["load"],
  P: ["file"],
  G: ["file"],
};

/** Clauses that need more than their family. */
const SINGLE: Record<string, readonly ControlName[]> = {
  "R1.store": ["memory", "file", "load"],
  "R1.negative": ["memory", "file"],
  R3: ["memory", "file", "load"],
  "R3.adopts": ["memory", "file", "load"],
  "D1.durable": ["memory", "file"],
};

const known = new WeakMap<Ground, Map<ControlName, Promise<string | undefined>>>();

/** Why a clause that no case broke says nothing about the client; `undefined` if it does. */
export async function failedControl(ground: Ground, clause: string): Promise<string | undefined> {
  const results = known.get(ground) ?? new Map<ControlName, Promise<string | undefined>>();
  known.set(ground, results);
  for (const name of SINGLE[clause] ?? FAMILIES[clause[0]]) {
    const result = results.get(name) ?? runControl(ground, CONTROLS[name]);
    results.set(name, result);
    const why = await result;
    if (why !== undefined) return why;
  }
  return undefined;
}

async function runControl(ground: Ground, control: Control): Promise<string | undefined> {
  await using world = await World.make(ground);
  try {
    await control(world);
    return undefined;
  } catch (error) {
    const calls = world.story.join(", ");
    if (error instanceof Violation) {
      return `${calls}; expected: ${error.expected}; happened: ${error.happened}`;
    }
    if (error instanceof DriverDied) return `${calls}: ${error.story}`;
    throw error;
  }
}
