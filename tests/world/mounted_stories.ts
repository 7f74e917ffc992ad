/**
 * What a store does on a file system that root mounts for it: a program that runs in a mount namespace of
 * its own, so that nothing stays mounted, and tells what it saw in JSON.
 */
import { spawnSync } from "node:child_process";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { LocalFileOffsetStore, OffsetTable, type OpenOptions, serialize } from "../../mod.ts";

const MQ = { topic: "orders", brokerName: "broker-a", queueId: 0 };

function must(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error ?? stderr}`);
}

/** A place to mount at, and the diagnostics of the store below it. */
class Place {
  readonly at: string;
  readonly root: string;
  readonly main: string;
  readonly told: string[] = [];

  constructor(at: string) {
    this.at = at;
    this.root = join(at, "mounted", "root");
    this.main = join(this.root, "c", "g", "offset.json");
  }

  get mountPoint(): string {
    return join(this.at, "mounted");
  }

  open(options: Partial<OpenOptions> = {}): Promise<LocalFileOffsetStore> {
    const { root } = this;
    const onDiagnostic: OpenOptions["onDiagnostic"] = (each) => {
      // Neither says anything about the file system.
      if (each.kind === "persisted" || each.kind === "maybe-shared") return;
      this.told.push("call" in each ? `${each.kind} ${each.call}` : each.kind);
    };
    return LocalFileOffsetStore.open({ clientId: "c", group: "g", root, onDiagnostic, ...options });
  }

  async put(offset: number): Promise<void> {
    await mkdir(dirname(this.main), { recursive: true });
    await writeFile(this.main, serialize(OffsetTable.from([[MQ, offset]])));
    await utimes(this.main, 1e9, 1e9);
  }

  async loaded(): Promise<number> {
    const store = await this.open();
    const offset = Number(store.peek(MQ));
    await store.abandon();
    return offset;
  }

  async modeOf(path = this.main): Promise<string> {
    const { uid, gid, mode } = await stat(path);
    return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
  }
}

async function persist(store: LocalFileOffsetStore, offset: number): Promise<void> {
  store.update(MQ, offset, true);
  await store.persist();
}

/** A life with and without a journal, and another's writes in place, of the same length. */
async function live(place: Place): Promise<unknown> {
  let expected = 0;
  for (const journal of [false, true]) {
    const store = await place.open({ journal });
    for (let i = 0; i < 5; i++) await persist(store, ++expected);
    await store.close();
    if (await place.loaded() !== expected) throw new Error("what was acknowledged is gone");
  }
  let noticed = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    await place.put(10);
    const store = await place.open();
    await persist(store, 11);
    // Somebody else writes as many bytes in place, at once.
    await writeFile(place.main, serialize(OffsetTable.from([[MQ, 99]]), { checksum: true }));
    const outcome = await persist(store, 12).then(() => "overwritten", (error) => error.name);
    if (outcome === "OffsetConflictError" && await place.loaded() === 99) noticed++;
    await store.abandon();
  }
  const names = (await readdir(dirname(place.main))).sort();
  return { noticed, names, told: [...new Set(place.told)], mode: await place.modeOf() };
}

const TRIALS = 4;

const image = (kind: string, megabytes: number, options: string, ...make: string[]) => {
  return async (place: Place): Promise<unknown> => {
    const path = join(place.at, "image");
    await writeFile(path, "");
    await truncate(path, megabytes * 2 ** 20);
    must(`mkfs.${kind}`, ...make, path);
    must("mount", "-t", kind, "-o", `loop,${options}`, path, place.mountPoint);
    return await live(place);
  };
};

const STORIES: Readonly<Record<string, (place: Place) => Promise<unknown>>> = {
  "ext4 with times in seconds": image("ext4", 32, "rw", "-q", "-I", "128"),
  "xfs": image("xfs", 320, "nouuid", "-q"),
  "btrfs": image("btrfs", 128, "rw", "-q"),

  async "tmpfs of 40 KiB"(place) {
    must("mount", "-t", "tmpfs", "-o", "size=40k", "none", place.mountPoint);
    const store = await place.open({ journal: true });
    for (let offset = 1; offset <= 40; offset++) await persist(store, offset);
    await store.close();
    const again = await place.open({ journal: { compactAtBytes: 0 } });
    for (let offset = 41; offset <= 50; offset++) await persist(again, offset);
    // Others take all the room that is left.
    await writeFile(join(place.mountPoint, "filler"), new Uint8Array(40960)).catch(() => {});
    await persist(again, 51).catch((error) => place.told.push(error.code));
    await rm(join(place.mountPoint, "filler"));
    await persist(again, 52);
    await again.close();
    return { loaded: await place.loaded(), told: [...new Set(place.told)] };
  },

  async "main mounted by itself"(place) {
    await place.put(1);
    const outside = join(place.at, "outside.json");
    await writeFile(outside, serialize(OffsetTable.from([[MQ, 7]])));
    must("mount", "--bind", outside, place.main);
    const store = await place.open();
    const error = await persist(store, 8).then(() => undefined, (error) => error);
    await store.abandon();
    const { code, onDisk, message } = error ?? {};
    return { code, onDisk, message, told: place.told, loaded: await place.loaded() };
  },

  async "a directory that is mounted by itself"(place) {
    await place.put(1);
    const outside = join(place.at, "outside");
    await mkdir(outside);
    must("mount", "--bind", outside, dirname(place.main));
    const store = await place.open({ journal: true });
    await persist(store, 8);
    await persist(store, 9);
    await store.close();
    return { names: (await readdir(outside)).sort(), told: place.told };
  },

  async "an ACL on main"(place) {
    await place.put(1);
    await chmod(place.main, 0o600);
    must("setfacl", "-m", "u:1000:rw", place.main);
    const before = await place.modeOf();
    const store = await place.open();
    await persist(store, 2);
    await store.close();
    const { stdout } = spawnSync("getfacl", ["-cp", place.main], { encoding: "utf8" });
    return { before, after: await place.modeOf(), acl: stdout.trim().split("\n") };
  },

  /** The files are of users that this namespace does not know. */
  async "a user namespace"(place) {
    // Made by `prepare`, from outside.
    const before = await place.modeOf();
    const store = await place.open({ journal: true });
    await persist(store, 2);
    await persist(store, 3);
    const journal = await place.modeOf(`${place.main}.journal`);
    await store.close();
    return { before, journal, after: await place.modeOf(), told: place.told };
  },
};

/** What must be done before another user's eyes see it. */
export async function prepare(name: string, at: string): Promise<void> {
  const place = new Place(at);
  await mkdir(place.mountPoint);
  if (name !== "a user namespace") return;
  await place.put(1);
  await chown(place.main, 1000, 2000);
  await chmod(place.main, 0o664);
}

/** A directory for a story. */
export const makePlace = (): Promise<string> => mkdtemp(join(tmpdir(), "offsetstore-world-"));

const [, , name, at] = process.argv;
if (name !== undefined && name in STORIES) {
  const result = await STORIES[name](new Place(at));
  console.log(JSON.stringify(result));
}
