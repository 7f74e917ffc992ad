import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { OffsetFileFormat } from "../../src/core/mod.ts";
import { FullDisk } from "./full_disk.ts";
import { permissions } from "./permissions.ts";
import type { Answer, Driver, Launch } from "./protocol.ts";
import { Unsupported } from "./verdict.ts";

export const CLIENT_ID = "client";
export const GROUP = "group";

const NAMES: Record<OffsetFileFormat, string> = { go: "offset.json", java: "offsets.json" };

/** How a driver is started: as it is, or so that the permissions of files hold for it. */
export type Mode = "plain" | "confined";

/** What all cases of a client share: what it said of itself, its processes, and a directory. */
export class Ground implements AsyncDisposable {
  readonly hello: Answer;
  readonly format: OffsetFileFormat;
  readonly launch: Launch;
  readonly disk: FullDisk;
  /** Where the main file lies below the root, as the client really has it. */
  main = "";
  readonly #directory: string;
  readonly #drivers = new Map<Mode, Driver>();
  #roots = 0;

  private constructor(directory: string, launch: Launch, hello: Answer) {
    this.#directory = directory;
    this.launch = launch;
    this.hello = hello;
    this.format = hello.format === "java" ? "java" : "go";
    this.disk = new FullDisk(join(directory, "disk"));
  }

  static async make(launch: Launch): Promise<Ground> {
    const first = await launch();
    const hello = await first.request({ op: "hello" });
    if (!hello.ok) throw new Unsupported(`Cannot use the driver: it answers hello with an error`);
    const ground = new Ground(
      await mkdtemp(join(tmpdir(), "conformance-")),
      launch,
      hello,
    );
    ground.#drivers.set("plain", first);
    ground.main = await ground.#findMain();
    return ground;
  }

  /** A directory for a case; it need not exist yet. */
  newRoot(): string {
    return join(this.#directory, String(++this.#roots));
  }

  async driver(mode: Mode): Promise<Driver> {
    let driver = this.#drivers.get(mode);
    if (driver === undefined) {
      driver = await this.launch(mode === "confined" ? permissions() : []);
      this.#drivers.set(mode, driver);
    }
    return driver;
  }

  /** Kills a driver; the next call starts a new one. */
  async kill(mode: Mode): Promise<void> {
    const driver = this.#drivers.get(mode);
    this.#drivers.delete(mode);
    await driver?.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const mode of [...this.#drivers.keys()]) await this.kill(mode);
    await this.disk.remove();
    await removeAll(this.#directory);
  }

  /** Lets the client write a file and looks for it; what it says is not always where it is. */
  async #findMain(): Promise<string> {
    const driver = await this.driver("plain");
    const mq = { topic: "probe", brokerName: "broker", queueId: 0 };
    let said: string | undefined;
    for (const prepared of [false, true]) {
      const root = this.newRoot();
      if (prepared) {
        await mkdir(join(root, CLIENT_ID, GROUP), { recursive: true });
        await mkdir(join(root, GROUP, CLIENT_ID), { recursive: true });
      }
      const opened = await driver.request({ op: "open", root, clientId: CLIENT_ID, group: GROUP });
      if (opened.path !== undefined) said = relative(root, opened.path);
      await driver.request({ op: "update", mq, offset: "1", increaseOnly: false });
      await driver.request({ op: "persist" });
      const found = (await filesBelow(root)).find((path) =>
        Object.values(NAMES).includes(basename(path))
      );
      if (found !== undefined) return found;
    }
    return said ?? join(CLIENT_ID, GROUP, NAMES[this.format]);
  }
}

/** The files below a directory, as paths relative to it. */
export async function filesBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name))).sort();
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw error;
  }
}

/** Removes a directory, in which a client may still be writing behind its answers. */
export async function removeAll(directory: string): Promise<void> {
  for (let attempts = 5;; attempts--) {
    try {
      return await rm(directory, { recursive: true, force: true });
    } catch (error) {
      if (attempts === 0) throw error;
      await setTimeout(20);
    }
  }
}
