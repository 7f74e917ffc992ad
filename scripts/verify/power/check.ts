import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CrashState, PowerCut } from "./crash_states.ts";
import { DiskContent } from "./disk_content.ts";
import type { DiskWrite } from "./disk_log.ts";
import { checkAtBoot, type FileSystemKind, mount } from "./file_systems.ts";
import { filesOf, loadAndGoOn, type Loaded } from "./load.ts";
import { Promises } from "./promises.ts";
import type { Recording } from "./record.ts";
import type { Shell } from "./shell.ts";
import type { Writer } from "./writers.ts";

/** The faults after a power cut, the worst first. */
export const FAULTS = [
  /** An older generation than the promised one is loaded. */
  "lost",
  /** The store is empty, though something was promised. */
  "empty",
  /** `open` fails. */
  "torn",
  /** A table is loaded that nobody wrote. */
  "made up",
  /** The store cannot go on. */
  "stuck",
  /** Something was kept aside, though no stranger was there. */
  "disturbed",
  /** The file system cannot be mounted: not the store's fault, but nothing was checked. */
  "unmountable",
  /** A directory that was being made is no directory now; nothing was promised yet. */
  "half-made",
] as const;

export type Fault = (typeof FAULTS)[number];

/** The findings in one image. */
export interface Found {
  readonly fault?: Fault;
  /** The outcome that `open` reported. */
  readonly label: string;
  /** The events, in lines; only for a fault. */
  readonly story: readonly string[];
}

/** Checks the images that power cuts leave of a recording; the states must come in their order. */
export class Checker {
  readonly #recording: Recording;
  readonly #promises: Promises;
  readonly #content: DiskContent;
  readonly #writes: readonly DiskWrite[];
  readonly #kind: FileSystemKind;
  readonly #writer: Writer;
  readonly #image: string;
  readonly #mounted: string;
  readonly #shell: Shell;
  readonly #faults = new Set<Fault>();
  readonly #evidence: string | undefined;
  #durable = 0;
  #checked = 0;

  constructor(
    recording: Recording,
    { kind, writer, folder, shell, evidence }: {
      readonly kind: FileSystemKind;
      readonly writer: Writer;
      readonly folder: string;
      readonly shell: Shell;
      /** How the names begin of the files in which the first image of each fault is kept. */
      readonly evidence?: string;
    },
  ) {
    this.#recording = recording;
    this.#promises = new Promises(recording.promises);
    this.#content = new DiskContent(readFileSync(recording.image));
    this.#writes = recording.events.flatMap((event) => event.kind === "write" ? [event.write] : []);
    this.#kind = kind;
    this.#writer = writer;
    this.#image = join(folder, "cut");
    this.#mounted = join(folder, "cut-mounted");
    this.#shell = shell;
    this.#evidence = evidence;
  }

  /** Writes the image of a state. */
  build({ cuts: [{ durable, kept }] }: CrashState, path: string): void {
    for (; this.#durable < durable; this.#durable++) {
      this.#content.apply(this.#writes[this.#durable]);
    }
    this.#content.writeImage(path, kept);
  }

  /** Builds an image, mounts it, and looks what a process finds that opens the store. */
  async check(state: CrashState): Promise<Found> {
    this.build(state, this.#image);
    await mkdir(this.#mounted, { recursive: true });
    const obstacle =
      (this.#kind.needsCheck ? await checkAtBoot(this.#image, this.#shell) : undefined) ??
        await mount(this.#kind, { image: this.#image }, this.#mounted, this.#shell);
    if (obstacle !== undefined) {
      return this.#faulty("unmountable", "unmountable", state, [
        ...this.#taken(state.cuts[0]),
        obstacle,
      ]);
    }
    try {
      const root = join(this.#mounted, this.#writer.root ?? "root");
      const { options } = this.#writer;
      // The next process may open the store with a journal or without.
      const journal = this.#checked++ % 2 === 0 ? options?.journal : undefined;
      const files = filesOf(root);
      const loaded = await loadAndGoOn({ clientId: "c", group: "g", root, ...options, journal });
      const fault = this.#judge(loaded, state);
      if (fault === undefined) return { label: loaded.label, story: [] };
      return this.#faulty(fault, loaded.label, state, this.#told(loaded, state, files));
    } finally {
      const { status } = await this.#shell.run("umount", this.#mounted);
      // A store that could not go on may hold a file open.
      if (status !== 0) await this.#shell.must("umount", "--lazy", this.#mounted);
    }
  }

  #faulty(fault: Fault, label: string, state: CrashState, told: readonly string[]): Found {
    const story = [...told];
    if (this.#evidence !== undefined && !this.#faults.has(fault)) {
      const path = `${this.#evidence}-${fault.replace(" ", "-")}.img`;
      this.#content.writeImage(path, state.cuts[0].kept);
      story.push(`image: ${path}`);
    }
    this.#faults.add(fault);
    return { fault, label, story };
  }

  #judge({ table, error, disturbances }: Loaded, { cuts }: CrashState): Fault | undefined {
    if (table === undefined) return this.#isHalfMade(error, cuts) ? "half-made" : "torn";
    for (const { end } of cuts) {
      const { is } = this.#promises.judge(table, this.#promises.allowedAt(end));
      if (is !== "kept") return is;
    }
    if (error !== undefined) return "stuck";
    return disturbances.length > 0 && this.#writer.also !== "tears main" ? "disturbed" : undefined;
  }

  /**
   * Without a journal, ext4 may write the name of a new directory before its inode. The check at boot
   * takes what stands there for a file, and no call of a program prevents that.
   */
  #isHalfMade(error: string | undefined, cuts: readonly PowerCut[]): boolean {
    const isUnpromised = cuts.every(({ end }) => this.#promises.allowedAt(end).least === 0);
    return this.#kind.needsCheck === true && isUnpromised &&
      /: it is not a directory, and a directory of the store would be there/.test(error ?? "");
  }

  /** The first power cut after which this is wrong: what it took, what was promised, what is there. */
  #told(
    { table, label, error, disturbances }: Loaded,
    { cuts }: CrashState,
    files: string,
  ): string[] {
    const verdictOf = ({ end }: PowerCut) =>
      this.#promises.judge(table ?? "", this.#promises.allowedAt(end));
    const cut = cuts.find((each) => verdictOf(each).is !== "kept") ?? cuts[0];
    const { least, most } = this.#promises.allowedAt(cut.end);
    const promised = least === most ? `generation ${least}` : `generation ${least} to ${most}`;
    const { generation } = verdictOf(cut);
    const named = generation === undefined
      ? "a table that nobody wrote"
      : `generation ${generation}`;
    return [
      ...this.#taken(cut),
      `promised: ${promised}; loaded: ${table === undefined ? "nothing" : `${named} (${label})`}`,
      `files: ${files}`,
      ...error === undefined ? [] : [`error: ${error}`],
      ...disturbances,
    ];
  }

  /** When the power is cut, and what that takes. */
  #taken({ events, pending, kept }: PowerCut): string[] {
    const lost = pending.filter((piece) => !kept.includes(piece));
    const shown = lost.slice(0, 4).map(({ offset, data }) => `${data.length} at ${offset}`);
    const more = lost.length > shown.length ? `, and ${lost.length - shown.length} more` : "";
    return [
      `the power is cut after event ${events} of ${this.#recording.events.length}`,
      lost.length === 0
        ? "all that the disk acknowledged is there"
        : `of ${pending.length} pieces that no flush covers, ${lost.length} are lost: ` +
          `bytes ${shown.join(", ")}${more}`,
    ];
  }
}
