import { setImmediate } from "node:timers/promises";
import { LocalFileOffsetStore, OffsetFileCorruptError } from "../../../../mod.ts";
import type { PathStyle } from "../../../../src/file/path_rules.ts";
import { locate } from "../../disk/locate.ts";
import type { FileNode, SimulatedDisk } from "../../disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../disk/simulated_file_system.ts";
import type { Beginning, Moment, Run } from "../every_crash.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Model } from "./model.ts";
import { accepted, type Situation, type Tag } from "./situation.ts";
import type { Sabotage } from "./sabotage.ts";
import type { Settings, Story, Who } from "./story.ts";
import { SYSTEMS, type Wrap } from "./systems.ts";
import { fromOffsetTable, isSame, maximum, type Table } from "./table.ts";

/** A process of ours that is alive. */
export interface Actor {
  readonly who: Who;
  readonly settings: Settings;
  readonly store: LocalFileOffsetStore;
  /** The disk below its file system. */
  readonly fs: SimulatedFileSystem;
  readonly interceptor: Interceptor;
  model: Model;
  /** Whether it cannot know that a failed fsync of another process has left the disk in doubt. */
  isUnaware: boolean;
  /** Whether a stranger has made main unusable since it looked. */
  isMainBad: boolean;
}

/** An invariant that does not hold. */
export class Violation extends Error {}

/** Throws a violation unless the condition holds. */
export function demand(condition: unknown, otherwise: () => string): asserts condition {
  if (!condition) throw new Violation(otherwise());
}

/** The options of a stage. */
export interface StageOptions {
  readonly paths?: PathStyle;
  readonly sabotage?: Sabotage;
}

/** The disk, the processes and the situation of a story that is performed. */
export class Stage implements Run<Situation> {
  readonly story: Story;
  disk: SimulatedDisk;
  situation: Situation;
  readonly actors = new Map<Who, Actor>();
  readonly moments: Moment<Situation>[] = [];
  /** The events so far, step by step and call by call. */
  readonly calls: string[] = [];
  /** The disk when the commit began that goes on, if somebody else acts in the middle of it. */
  diskBeforeCommit: SimulatedDisk | undefined;
  /** How many commits have begun. */
  commits = 0;
  /** A violation that was met where nothing can be thrown. */
  complaint: string | undefined;
  readonly paths: PathStyle;
  readonly sabotage: Sabotage;
  readonly #keepsMoments: boolean;
  readonly #wrap: Wrap;

  /**
   * @param keepsMoments Whether it will be crashed: most stages of an exploration never are.
   * @param options How paths are written, and what is wrong with the store.
   */
  constructor(
    story: Story,
    { disk, expectation }: Beginning<Situation>,
    keepsMoments: boolean,
    { paths = "posix", sabotage = {} }: StageOptions = {},
  ) {
    this.story = story;
    this.disk = disk.clone();
    this.situation = expectation;
    this.#keepsMoments = keepsMoments;
    this.paths = paths;
    this.sabotage = sabotage;
    this.#wrap = sabotage.wrap ?? (story.system === undefined ? (fs) => fs : SYSTEMS[story.system]);
  }

  /** Where the store is. */
  get place() {
    const { format } = this.story.recovery;
    return {
      clientId: "c",
      group: "g",
      root: this.paths === "win32" ? "C:\\root" : "/root",
      format,
    };
  }

  /** The path of main. */
  get main(): string {
    const name = `${this.place.format === "java" ? "offsets" : "offset"}.json`;
    return this.paths === "win32" ? `C:\\root\\c\\g\\${name}` : `/root/c/g/${name}`;
  }

  /** Whether there is a file that has main's name. */
  get isMainThere(): boolean {
    return this.isThere(this.main);
  }

  /** Whether there is a file of a name. */
  isThere(path: string): boolean {
    return this.#file(path) !== undefined;
  }

  /** Owner, group and mode of main, as a text; nothing if there is no main. */
  get rightsOfMain(): string | undefined {
    const file = this.#file(this.main);
    return file && `${file.uid}:${file.gid} ${file.mode.toString(8)}`;
  }

  #file(path: string): FileNode | undefined {
    try {
      const { ino } = locate(this.disk, this.paths, "stat", path);
      return ino === undefined ? undefined : this.disk.file(ino);
    } catch {
      return undefined;
    }
  }

  /** Whether what a power cut leaves now is the store's affair. */
  get mayCutPower(): boolean {
    return !this.situation.isUnsynced && !isRelaxed(this.story);
  }

  /** A crash may come now. */
  mark(): void {
    if (!this.#keepsMoments) return;
    const { situation: expectation, calls } = this;
    this.moments.push({ disk: this.disk.clone(), expectation, calls: calls.length });
  }

  tell(line: string): void {
    this.calls.push(line);
  }

  change(situation: Partial<Situation>): void {
    this.situation = { ...this.situation, ...situation };
  }

  tag(...tags: readonly Tag[]): void {
    this.change({ tags: new Set([...this.situation.tags, ...tags]) });
  }

  /** Waits until nobody makes any call: a compaction may go on behind a commit. */
  async quiet(): Promise<void> {
    let before;
    do {
      before = this.calls.length;
      await setImmediate();
    } while (before !== this.calls.length);
  }

  /** Ends a process where it is. */
  kill(who: Who): void {
    this.actors.get(who)?.interceptor.kill();
    this.actors.delete(who);
  }

  /** The disk as a new process sees it; each change is a moment, and is noted if it has a name. */
  fileSystem(name?: string): SimulatedFileSystem {
    const { splitRename, timesMs } = this.story;
    const beforeStep = (what: string) => {
      if (name === undefined) return;
      this.mark();
      this.tell(`${name}: ${what}`);
    };
    return new SimulatedFileSystem(this.disk, {
      splitRename,
      timesMs,
      paths: this.paths,
      beforeStep,
    });
  }

  /** The same, as the store sees it on this system. */
  wrap(fs: SimulatedFileSystem) {
    return this.#wrap(fs);
  }

  /** Whether a load may refuse, in this way. */
  mayRefuse(error: unknown): boolean {
    return this.situation.mayRefuse && error instanceof OffsetFileCorruptError;
  }

  /**
   * The table that a process would find if it loaded the files now, as they are seen without a crash;
   * `undefined` if it would refuse.
   */
  async visible(): Promise<Table | undefined> {
    const { durable, mayRefuse } = this.situation;
    if (!mayRefuse && accepted(this.situation).every((table) => isSame(table, durable))) {
      return durable;
    }
    const fileSystem = new SimulatedFileSystem(this.disk.clone(), {
      timesMs: this.story.timesMs,
      paths: this.paths,
    });
    try {
      const store = await LocalFileOffsetStore.open({ ...this.place, fileSystem });
      return fromOffsetTable(store.snapshot());
    } catch (error) {
      if (this.mayRefuse(error)) return undefined;
      throw error;
    }
  }

  /**
   * The same, as a process sees it that has loaded the files before: where there is no main, it does
   * not look for what else a load may find. Where main is unusable, only a process that merges goes
   * on: the backup must not lower what it knows.
   */
  async seenBy({ isMainBad, model, settings }: Actor): Promise<Table | undefined> {
    if (!isMainBad) return this.isMainThere ? await this.visible() : model.known;
    if (settings.onConflict !== "merge") return undefined;
    const backup = await this.visible();
    if (backup === undefined || !model.isForeign(backup)) return backup;
    return maximum(backup, model.known);
  }
}

/** Whether some process of a story syncs nothing. */
export function isRelaxed({ steps, recovery }: Story): boolean {
  const settings = steps.flatMap((step) => step.do === "open" ? [step.with] : []);
  return [recovery, ...settings].some(({ durability }) => durability === "relaxed");
}
