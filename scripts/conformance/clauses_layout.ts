/** G1: where a store's file lies. */
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fc } from "../lib/fast_check.ts";
import { clause } from "./clause.ts";
import { QUEUES } from "./cases.ts";
import type { World } from "./world.ts";

const NAME = { go: "offset.json", java: "offsets.json" };

/** Names of client ids and groups. */
const name = fc.constantFrom("a", "b", "10.0.0.7@4711", "%RETRY%g", "orders-group", "..c", "é");

const pair = fc.tuple(name, name).filter(([clientId, group]) => clientId !== group);

/** Makes the directories for the client: another clause judges whether it makes them. */
async function makeDirectories(world: World, [clientId, group]: readonly string[]) {
  await mkdir(join(world.root, clientId, group), { recursive: true });
  await mkdir(join(world.root, group, clientId), { recursive: true });
}

/** The files of a store that has persisted. */
async function filesOf(world: World, [clientId, group]: readonly string[]): Promise<string[]> {
  world.root = world.ground.newRoot();
  await makeDirectories(world, [clientId, group]);
  await world.open(clientId, group);
  await world.update(QUEUES[0], 1n);
  await world.persist();
  return await world.files();
}

export const LAYOUT_CLAUSES = [
  clause({
    id: "G1",
    severity: "silent reset",
    text: "The file lies in the directory <root>/<client id>/<group>.",
    share: 0.3,
    arbitrary: pair,
    async run(world, [clientId, group]) {
      const files = await filesOf(world, [clientId, group]);
      const expected = join(clientId, group);
      world.expect(
        files.some((file) => dirname(file) === expected),
        `the file lies in ${expected}`,
        `there is ${files.join(", ") || "none"}`,
      );
    },
  }),
  clause({
    id: "G1.name",
    severity: "silent reset",
    text: "The file is called offset.json, or offsets.json if it is in Java's form.",
    share: 0.1,
    arbitrary: pair,
    async run(world, names) {
      const files = await filesOf(world, names);
      const expected = NAME[world.ground.format];
      world.expect(
        files.some((file) => basename(file) === expected),
        `the file is called ${expected}`,
        `there is ${files.join(", ") || "none"}`,
      );
    },
  }),
  clause({
    id: "G1.apart",
    severity: "data loss",
    text: "Two groups, or two client ids, share nothing.",
    share: 0.3,
    arbitrary: fc.uniqueArray(pair, {
      minLength: 2,
      maxLength: 3,
      selector: (each) => each.join("/"),
    }),
    async run(world, pairs) {
      world.root = world.ground.newRoot();
      for (const [i, each] of pairs.entries()) {
        await makeDirectories(world, each);
        await world.open(...each);
        await world.update(QUEUES[0], BigInt(i));
        await world.persistWell();
      }
      for (const [i, each] of pairs.entries()) {
        await world.open(...each);
        const read = await world.read(QUEUES[0], "memory-then-store");
        world.expect(read === BigInt(i), `its own offset ${i} is read`, `${read} is read`);
      }
    },
  }),
];
