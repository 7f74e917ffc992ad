import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import {
  SimulatedFileSystem,
  systemError,
} from "../../scripts/verify/disk/simulated_file_system.ts";
import type { FileInfo, FileSystem, WritableFile } from "../../mod.ts";
import { DIRECTORY, DiskProcess } from "./disk_process.ts";

/** Whose a file is, and what the owner, the group and all others may do. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The user as whom a process runs. */
export interface User {
  readonly uid: number;
  /** Its groups, the first of which new files get. */
  readonly groups: readonly number[];
}

export const SUPERUSER: User = { uid: 0, groups: [0] };

/** A disk whose files have owners; only they and root may change a file. */
export class OwnedDisk {
  readonly disk: SimulatedDisk;
  readonly #fs: SimulatedFileSystem;
  readonly #owners = new Map<FileInfo["ino"], Ownership>();
  /** Answers the code with which a call fails for every user. */
  refuse: (call: "chown" | "chmod") => string | undefined = () => undefined;
  /** Each right that a file was given, and whose the file was then. */
  readonly given: Ownership[] = [];

  private constructor(disk: SimulatedDisk) {
    this.disk = disk;
    this.#fs = new SimulatedFileSystem(disk);
  }

  /** A disk with files in the store's directory, whose owner is given as that of the directory. */
  static async make(
    files: Readonly<Record<string, string>>,
    owners: Readonly<Record<string, Ownership>>,
  ): Promise<OwnedDisk> {
    const owned = new OwnedDisk(await diskWith(files));
    for (const [name, owner] of Object.entries(owners)) {
      const path = name === "." ? DIRECTORY : `${DIRECTORY}/${name}`;
      owned.#owners.set((await owned.#fs.stat(path))!.ino, owner);
    }
    return owned;
  }

  /** Whose a file in the store's directory is. */
  async ownershipOf(name: string): Promise<Ownership> {
    const { ino } = (await this.#fs.stat(`${DIRECTORY}/${name}`))!;
    return this.#ownership(ino);
  }

  /** A process that a user runs. */
  process(user: User, replaced: Partial<FileSystem> = {}): DiskProcess {
    return new DiskProcess(this.disk, {
      readFile: async (path) => {
        const { bytes, info } = await this.#fs.readFile(path);
        return { bytes, info: this.#owned(info) };
      },
      stat: async (path) => {
        const info = await this.#fs.stat(path);
        return info && this.#owned(info);
      },
      create: async (path) => await this.#create(user, path),
      ...replaced,
    });
  }

  async #create(user: User, path: string): Promise<WritableFile> {
    const file = await this.#fs.create(path);
    const { ino } = await file.stat();
    this.#owners.set(ino, { uid: user.uid, gid: user.groups[0], mode: 0o600 });
    const change = (call: "chown" | "chmod", isAllowed: boolean, to: Partial<Ownership>) => {
      const code = this.refuse(call) ?? (isAllowed || user.uid === 0 ? undefined : "EPERM");
      if (code !== undefined) throw systemError(code, call, path);
      const changed = { ...this.#ownership(ino), ...to };
      this.#owners.set(ino, changed);
      this.given.push(changed);
    };
    const isOwner = () => this.#ownership(ino).uid === user.uid;
    return {
      ...file,
      stat: async () => this.#owned(await file.stat()),
      chmod: async (mode) => change("chmod", isOwner(), { mode }),
      // -1 leaves what is there.
      chown: async (givenUid, givenGid) => {
        const { uid: oldUid, gid: oldGid } = this.#ownership(ino);
        const uid = givenUid === -1 ? oldUid : givenUid;
        const gid = givenGid === -1 ? oldGid : givenGid;
        const isAllowed = isOwner() && uid === oldUid &&
          (gid === oldGid || user.groups.includes(gid));
        change("chown", isAllowed, { uid, gid });
      },
    };
  }

  #ownership(ino: FileInfo["ino"]): Ownership {
    return this.#owners.get(ino) ?? { uid: 0, gid: 0, mode: 0o600 };
  }

  #owned(info: FileInfo): FileInfo {
    return { ...info, ...this.#ownership(info.ino) };
  }
}
