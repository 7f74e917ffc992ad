import type { Scenario } from "./explore.ts";
import { PEERS } from "./peers.ts";
import { diskWith } from "../disk/prepare.ts";
import type { World } from "./world.ts";

async function persistTwice(world: World): Promise<void> {
  const session = await world.open();
  await world.persist(session);
  await world.persist(session);
}

/** Two persists of each of the other writers, with an atomic rename and one that falls apart. */
export function peerScenarios(): Scenario[] {
  return PEERS.flatMap((writer) =>
    [false, true].map((splitRename) => ({
      name: `${writer.name}${splitRename ? ", rename not atomic" : ""}`,
      writer,
      // The directory is there: none of them syncs the making of it.
      disk: () => diskWith({ "another.json": "{}" }),
      start: { floor: 0, flying: [] },
      work: persistTwice,
      splitRename,
      depth: 1,
    }))
  );
}
