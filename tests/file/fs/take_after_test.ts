/** Owner, group and mode of a new file: after the file it stands for, and wider for nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import type { WritableFile } from "../../../src/file/fs/file_system.ts";
import { modeFor, takeAfter } from "../../../src/file/fs/take_after.ts";
import { systemError } from "../../support/faulty_file_system.ts";

/** Owner, group and permission bits of a file. */
type Rights = Pick<FileInfo, "uid" | "gid" | "mode">;

const [ROOT, CONSUMER, OPERATOR, STRANGER] = [0, 1, 2, 3];
const [CONSUMERS, OPERATORS, THIRD] = [1, 2, 3];
const MODES = Array.from({ length: 0o1000 }, (_, mode) => mode);
const BOTH = [true, false];

/** Somebody who might use the file. */
interface Person {
  readonly uid: number;
  readonly gids: readonly number[];
}

/** The persons with different rights: each user, in each choice of the groups. */
const PERSONS: readonly Person[] = [CONSUMER, OPERATOR, STRANGER].flatMap((uid) =>
  Array.from({ length: 8 }, (_, set) => ({
    uid,
    gids: [CONSUMERS, OPERATORS, THIRD].filter((gid) => set >> (gid - 1) & 1),
  }))
);

/** The bits that a person has, as the system decides it: as the owner, of the group, or as another. */
function rightsOf({ uid, gids }: Person, { uid: owner, gid, mode }: Rights): number {
  if (uid === owner) return mode >> 6 & 7;
  return gids.includes(gid) ? mode >> 3 & 7 : mode & 7;
}

/** Asserts that nobody but the owner, who may change the mode at will, can do more than before. */
function assertNotWider(now: Rights, before: Rights): void {
  for (const person of PERSONS) {
    if (person.uid === now.uid) continue;
    const wider = rightsOf(person, now) & ~rightsOf(person, before);
    assert.equal(wider, 0, JSON.stringify({ person, now, before }));
  }
}

test("O2 the mode is wider for nobody, whether owner and group are kept or not", () => {
  for (const mode of MODES) {
    const before = { uid: CONSUMER, gid: CONSUMERS, mode };
    for (const isOwnerKept of BOTH) {
      for (const isGroupKept of BOTH) {
        const now = {
          uid: isOwnerKept ? CONSUMER : OPERATOR,
          gid: isGroupKept ? CONSUMERS : OPERATORS,
          mode: modeFor(mode, isOwnerKept, isGroupKept),
        };
        assertNotWider(now, before);
      }
    }
  }
});

test("O1 the mode is the same where owner and group are kept", () => {
  for (const mode of MODES) assert.equal(modeFor(mode, true, true), mode);
});

test("O2 no bit is dropped without need: one more would be wider for somebody", () => {
  for (const mode of MODES) {
    const before = { uid: CONSUMER, gid: CONSUMERS, mode };
    for (const isOwnerKept of BOTH) {
      const kept = modeFor(mode, isOwnerKept, true);
      assert.equal(kept >> 6, mode >> 6, "the owner's bits stay");
      for (let bit = 1; bit <= 0o40; bit <<= 1) {
        if ((mode & bit) === 0 || (kept & bit) !== 0) continue;
        const now = { uid: isOwnerKept ? CONSUMER : OPERATOR, gid: CONSUMERS, mode: kept | bit };
        assert.throws(() => assertNotWider(now, before), assert.AssertionError);
      }
    }
    // The bits of a group that is not kept always go.
    assert.equal(modeFor(mode, true, false), mode & 0o700 | mode & mode >> 3 & 7);
    assert.equal(modeFor(mode, false, false), mode & 0o700 | mode & mode >> 3 & mode >> 6 & 7);
  }
});

test("O2 the modes of everyday files", () => {
  for (const mode of [0o600, 0o400, 0o700]) {
    for (const isOwnerKept of BOTH) {
      for (const isGroupKept of BOTH) assert.equal(modeFor(mode, isOwnerKept, isGroupKept), mode);
    }
  }
  assert.equal(modeFor(0o644, false, true), 0o644);
  assert.equal(modeFor(0o644, true, false), 0o604);
  assert.equal(modeFor(0o640, true, false), 0o600);
  assert.equal(modeFor(0o660, false, true), 0o660);
  // The owner may not write, so the same user may not as one of the group.
  assert.equal(modeFor(0o464, false, true), 0o444);
  // The group may not read, so its members may not as others.
  assert.equal(modeFor(0o604, true, false), 0o600);
});

/** What the system lets a process do. */
type System = "posix" | "no owners" | "no owners, no modes";

/** A file that a process has just created, and all rights that it ever had. */
class NewFile {
  readonly calls: string[] = [];
  readonly history: Rights[] = [];
  readonly made: Rights;
  readonly #user: Person;
  readonly #system: System;
  #now: Rights;

  constructor(user: Person, system: System = "posix") {
    this.#user = user;
    this.#system = system;
    this.made = this.#now = { uid: user.uid, gid: user.gids[0], mode: 0o600 };
  }

  get now(): Rights {
    return this.#now;
  }

  readonly file = {
    chown: async (uid: number, gid: number) => {
      this.calls.push(`chown ${uid} ${gid}`);
      if (this.#system !== "posix") throw systemError("ENOSYS", "fchown");
      const { uid: user, gids } = this.#user;
      const isHarmless = uid === this.#now.uid && user === uid && gids.includes(gid);
      if (user !== ROOT && !isHarmless) throw systemError("EPERM", "fchown");
      this.#become({ ...this.#now, uid, gid });
    },
    chmod: async (mode: number) => {
      this.calls.push(`chmod ${mode.toString(8)}`);
      if (this.#system === "no owners, no modes") throw systemError("ENOTSUP", "fchmod");
      const { uid } = this.#user;
      if (uid !== ROOT && uid !== this.#now.uid) throw systemError("EPERM", "fchmod");
      this.#become({ ...this.#now, mode });
    },
  } as unknown as WritableFile;

  async takeAfter(like: Rights): Promise<void> {
    await takeAfter(this.file, this.made as FileInfo, like);
  }

  #become(rights: Rights): void {
    this.#now = rights;
    this.history.push(rights);
  }
}

const USERS: Record<string, Person> = {
  "root": { uid: ROOT, gids: [0] },
  "the owner": { uid: CONSUMER, gids: [CONSUMERS] },
  "the owner in another group": { uid: CONSUMER, gids: [OPERATORS] },
  "the owner in both groups": { uid: CONSUMER, gids: [OPERATORS, CONSUMERS] },
  "another user of the group": { uid: OPERATOR, gids: [CONSUMERS] },
  "another user of both groups": { uid: OPERATOR, gids: [OPERATORS, CONSUMERS] },
  "a stranger": { uid: STRANGER, gids: [THIRD] },
};

for (const [who, user] of Object.entries(USERS)) {
  test(`O1 O2 a file that ${who} makes: all that may be kept is, and at no time is it wider`, async () => {
    for (const system of ["posix", "no owners", "no owners, no modes"] as const) {
      for (const mode of MODES) {
        const like = { uid: CONSUMER, gid: CONSUMERS, mode };
        const made = new NewFile(user, system);
        await made.takeAfter(like);
        const { uid, gid } = made.now;
        for (const rights of made.history) assertNotWider(rights, like);
        const mayGive = system === "posix" && user.uid === ROOT;
        assert.equal(uid === like.uid, mayGive || user.uid === like.uid);
        const mayGroup = system === "posix" && user.gids.includes(like.gid);
        assert.equal(gid === like.gid, mayGive || mayGroup || made.made.gid === like.gid);
        if (system === "no owners, no modes") assert.equal(made.now.mode, 0o600);
        else assert.equal(made.now.mode, modeFor(mode, uid === like.uid, gid === like.gid));
      }
    }
  });
}

test("O1 root gives the file away and sets the mode last", async () => {
  const made = new NewFile(USERS.root);
  await made.takeAfter({ uid: CONSUMER, gid: CONSUMERS, mode: 0o640 });
  assert.deepEqual(made.calls, ["chown 1 1", "chmod 640"]);
});

test("O2 where the owner cannot be kept, the group is still tried", async () => {
  const made = new NewFile(USERS["another user of both groups"]);
  await made.takeAfter({ uid: CONSUMER, gid: CONSUMERS, mode: 0o660 });
  assert.deepEqual(made.calls, ["chown 1 1", "chown 2 1", "chmod 660"]);
  assert.deepEqual(made.now, { uid: OPERATOR, gid: CONSUMERS, mode: 0o660 });
});

test("O1 a file that is as it should be is not touched", async () => {
  const made = new NewFile(USERS["the owner"]);
  await made.takeAfter({ uid: CONSUMER, gid: CONSUMERS, mode: 0o600 });
  assert.deepEqual(made.calls, []);
  await made.takeAfter({ uid: CONSUMER, gid: CONSUMERS, mode: 0o644 });
  assert.deepEqual(made.calls, ["chmod 644"]);
});
