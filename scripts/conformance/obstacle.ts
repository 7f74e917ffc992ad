/** Conditions under which a client cannot write its file. */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { setPermissions } from "./client_files.ts";
import { NotShown } from "./verdict.ts";
import type { World } from "./world.ts";

export interface Obstacle {
  /** Before the store is opened. */
  prepare(world: World): Promise<void>;
  raise(world: World): Promise<void>;
  lower(world: World): Promise<void>;
}

async function limit(world: World, size: string): Promise<void> {
  const { pid } = await world.driver();
  const args = [`--pid=${pid}`, `--fsize=${size}:`];
  if (pid === undefined || spawnSync("prlimit", args).status !== 0) {
    throw new NotShown("no file system can be mounted to be filled, and no limit can be set");
  }
}

const fullDisk: Obstacle = {
  async prepare(world) {
    world.root = await world.ground.disk.newRoot();
    await world.makeDirectory();
    world.tell("root is on a small file system of its own");
  },
  async raise(world) {
    await world.ground.disk.fill();
    world.tell("somebody else fills the disk");
  },
  async lower(world) {
    await world.ground.disk.free();
    world.tell("there is room again");
  },
};

/** A limit instead of a mount. Some runtimes end the process at the limit. */
const sizeLimit: Obstacle = {
  prepare: () => Promise.resolve(),
  async raise(world) {
    await limit(world, "0");
    world.tell("no file may grow any more (RLIMIT_FSIZE)");
  },
  async lower(world) {
    await limit(world, "unlimited");
    world.tell("files may grow again");
  },
};

const readOnly: Obstacle = {
  async prepare(world) {
    world.mode = "confined";
  },
  async raise(world) {
    await setPermissions(dirname(world.path("main")), 0o555);
    world.tell("the store's directory becomes read-only");
  },
  async lower(world) {
    await setPermissions(dirname(world.path("main")), 0o755);
    world.tell("the store's directory is writable again");
  },
};

/** The first of two obstacles that this machine can raise. */
class Either implements Obstacle {
  readonly #first: Obstacle;
  readonly #second: Obstacle;
  #chosen: Obstacle;

  constructor(first: Obstacle, second: Obstacle) {
    this.#first = this.#chosen = first;
    this.#second = second;
  }

  async prepare(world: World): Promise<void> {
    this.#chosen = this.#first;
    try {
      await this.#first.prepare(world);
    } catch (error) {
      if (!(error instanceof NotShown)) throw error;
      this.#chosen = this.#second;
      await this.#second.prepare(world);
    }
  }

  raise(world: World): Promise<void> {
    return this.#chosen.raise(world);
  }

  lower(world: World): Promise<void> {
    return this.#chosen.lower(world);
  }
}

export const OBSTACLES = {
  "full disk": new Either(fullDisk, sizeLimit),
  "read-only directory": readOnly,
} satisfies Record<string, Obstacle>;

export type ObstacleName = keyof typeof OBSTACLES;
