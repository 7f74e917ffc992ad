import { mkdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import process from "node:process";
import type { OffsetFileFormat } from "../../src/core/mod.ts";
import { CheckedDriver } from "./checked_driver.ts";
import { filesBelow } from "./client_files.ts";
import { FullDisk } from "./full_disk.ts";
import { OwnDirectory } from "./own_directory.ts";
import { permissions } from "./permissions.ts";
import type { Answer, Launch, Request } from "./protocol.ts";
import { BadAnswer, DriverDied, NoAnswer, Unusable } from "./verdict.ts";

export const CLIENT_ID = "client";
export const GROUP = "group";

const NAMES: Record<OffsetFileFormat, string> = { go: "offset.json", java: "offsets.json" };

/** How a driver is started: as it is, or so that the permissions of files hold for it. */
export type Mode = "plain" | "confined";

/** Everything that the cases of a client share: its hello, its processes, and a directory. */
export class Ground implements AsyncDisposable {
  readonly hello: Answer;
  readonly format: OffsetFileFormat;
  readonly disk: FullDisk;
  readonly directory: OwnDirectory;
  /** The path of the main file below the root, where the client really writes it. */
  main = "";
  readonly #launch: Launch;
  readonly #drivers = new Map<Mode, Promise<CheckedDriver>>();
  /** The last kill of each. */
  readonly #killed = new Map<Mode, Promise<void>>();
  /** Leaves no mounted disk if the run is interrupted. The drivers see the end of their input. */
  readonly #onExit = () => {
    this.disk.remove();
    this.directory.removeItselfNow();
  };

  private constructor(
    directory: OwnDirectory,
    launch: Launch,
    first: CheckedDriver,
    hello: Answer,
  ) {
    process.on("exit", this.#onExit);
    this.directory = directory;
    this.#launch = launch;
    this.#drivers.set("plain", Promise.resolve(first));
    this.hello = hello;
    this.format = hello.format === "java" ? "java" : "go";
    this.disk = new FullDisk(join(directory.path, "disk"));
  }

  /**
   * Starts the driver and looks where its client writes.
   *
   * @param parent The directory in which the kit makes its temporary directory.
   * @throws {Unusable} If the driver does not answer hello as the protocol says, or names a path
   * outside its root.
   */
  static async make(launch: Launch, parent?: string): Promise<Ground> {
    const first = await CheckedDriver.start(launch);
    let ground: Ground | undefined;
    try {
      const hello = await first.request({ op: "hello" });
      if (!hello.ok) throw new Unusable(`the driver answers hello with error "${hello.error}"`);
      ground = new Ground(await OwnDirectory.make(parent), launch, first, hello);
      ground.main = await ground.#findMain();
      return ground;
    } catch (error) {
      if (ground === undefined) await first.kill();
      else await ground[Symbol.asyncDispose]();
      if (error instanceof DriverDied) throw new Unusable(error.story);
      if (error instanceof BadAnswer) throw new Unusable(error.message);
      throw error;
    }
  }

  /** A new name for the root of a case. The directory itself does not exist yet. */
  newRoot(): string {
    return this.directory.newRoot();
  }

  /** Starts a driver that only one case uses. */
  launch(prefix: readonly string[]): Promise<CheckedDriver> {
    return CheckedDriver.start(this.#launch, prefix);
  }

  /** The driver that the cases share. It is started if it does not run. */
  driver(mode: Mode): Promise<CheckedDriver> {
    let driver = this.#drivers.get(mode);
    if (driver === undefined) {
      driver = this.#start(mode);
      this.#drivers.set(mode, driver);
      // The next call tries again.
      driver.catch(() => this.#drivers.delete(mode));
    }
    return driver;
  }

  async #start(mode: Mode): Promise<CheckedDriver> {
    return await this.launch(mode === "confined" ? permissions() : []);
  }

  /**
   * Kills a driver and waits until it is gone; the next call starts a new one. Several requests that
   * fail together all wait.
   */
  kill(mode: Mode): Promise<void> {
    const driver = this.#drivers.get(mode);
    if (driver !== undefined) {
      this.#drivers.delete(mode);
      this.#killed.set(mode, driver.then((started) => started.kill()));
    }
    return this.#killed.get(mode) ?? Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#onExit);
    for (const mode of [...this.#drivers.keys()]) await this.kill(mode);
    this.disk.remove();
    await this.directory.removeItself();
  }

  /** Lets the client write a file and looks for it: it may write elsewhere than it says. */
  async #findMain(): Promise<string> {
    const mq = { topic: "probe", brokerName: "broker", queueId: 0 };
    let said: string | undefined;
    for (const prepared of [false, true]) {
      const root = this.newRoot();
      if (prepared) {
        await mkdir(join(root, CLIENT_ID, GROUP), { recursive: true });
        await mkdir(join(root, GROUP, CLIENT_ID), { recursive: true });
      }
      const opened = await this.#probe({ op: "open", root, clientId: CLIENT_ID, group: GROUP });
      if (opened?.path !== undefined) said = relative(root, opened.path);
      await this.#probe({ op: "update", mq, offset: "1", increaseOnly: false });
      await this.#probe({ op: "persist" });
      const found = (await filesBelow(root)).find((path) =>
        Object.values(NAMES).includes(basename(path))
      );
      if (found !== undefined) return found;
    }
    return said ?? join(CLIENT_ID, GROUP, NAMES[this.format]);
  }

  /**
   * Makes a call before the first clause. Most failures are left to the clauses, but no clause can
   * work with a driver that is silent, or that names a path outside the root.
   */
  async #probe(request: Request): Promise<Answer | undefined> {
    const driver = await this.driver("plain");
    try {
      return await driver.request(request);
    } catch (error) {
      if (error instanceof NoAnswer) throw error;
      if (error instanceof DriverDied) await this.kill("plain");
      else if (!(error instanceof BadAnswer) || request.op === "open") throw error;
      return undefined;
    }
  }
}
