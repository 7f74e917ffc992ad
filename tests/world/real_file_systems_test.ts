/**
 * The store on file systems of the kernel, which root mounts in a namespace of their own. Without root,
 * or without a program, a story is skipped by name, and counted in the closing line.
 */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makePlace, prepare } from "./mounted_stories.ts";

/** What unmounts all that was mounted when its process ends, however that comes. */
const PRIVATE = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"];

const succeeds = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;

let obstacle: string | false | undefined;

/** Why nothing can be mounted here. */
function obstacleToAll(): string | false {
  if (obstacle !== undefined) return obstacle;
  if (process.platform !== "linux") return obstacle = "it needs Linux";
  if (process.getuid?.() !== 0) return obstacle = "only root may mount a file system";
  const may = succeeds("unshare", ...PRIVATE, "true");
  return obstacle = may ? false : "it may not make a mount namespace";
}

function obstacleTo(...programs: string[]): string | false {
  const all = obstacleToAll();
  if (all !== false) return all;
  const missing = programs.find((each) => !succeeds("sh", "-c", `command -v ${each}`));
  return missing === undefined ? false : `there is no ${missing}`;
}

/** Why this kernel does not mount images of this kind. */
function obstacleToImage(kind: string): string | false {
  const why = obstacleTo(`mkfs.${kind}`);
  if (why !== false) return why;
  const isKnown = succeeds("grep", "-qw", kind, "/proc/filesystems") || succeeds("modprobe", kind);
  if (!isKnown) return `the kernel does not have ${kind}`;
  return succeeds("losetup", "-f") ? false : "there is no loop device";
}

const LIMIT_MS = 120_000;

/** Tells a story in a process of its own. */
async function tell(name: string, flags = PRIVATE) {
  const at = await makePlace();
  try {
    await prepare(name, at);
    const options = process.versions.deno === undefined ? [] : ["run", "-A", "--no-check"];
    const script = fileURLToPath(new URL("mounted_stories.ts", import.meta.url));
    const args = [...flags, process.execPath, ...options, script, name, at];
    return await new Promise<Record<string, unknown>>((resolve, reject) => {
      execFile("unshare", args, { timeout: LIMIT_MS }, (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout));
        else reject(new Error(`${name}: ${error.message}\n${stderr}`, { cause: error }));
      });
    });
  } finally {
    await rm(at, { recursive: true, force: true });
  }
}

let [told, skipped] = [0, 0];

/** A test of a story, unless something is in its way. */
function story(name: string, skip: string | false, run: () => Promise<void>): void {
  if (skip !== false) skipped++;
  test(name, { skip, timeout: 2 * LIMIT_MS }, async () => {
    await run();
    told++;
  });
}

const IMAGES = { "ext4 with times in seconds": "ext4", "xfs": "xfs", "btrfs": "btrfs" };

for (const [name, kind] of Object.entries(IMAGES)) {
  story(
    `P2 P9 a store lives on ${name}, and notices who writes in place`,
    obstacleToImage(kind),
    async () => {
      assert.deepEqual(await tell(name), {
        noticed: 4,
        names: ["offset.json", "offset.json.bak"],
        told: [],
        mode: "0:0 600",
      });
    },
  );
}

story("J5 a store with a journal lives on a tmpfs of 40 KiB", obstacleToAll(), async () => {
  assert.deepEqual(await tell("tmpfs of 40 KiB"), { loaded: 52, told: ["ENOSPC"] });
});

story(
  "P4 a main file that is mounted by itself is an error that says so",
  obstacleToAll(),
  async () => {
    const { message, ...others } = await tell("main mounted by itself");
    assert.deepEqual(others, {
      code: "EBUSY",
      onDisk: "previous",
      told: ["call-missing link"],
      loaded: 7,
    });
    assert.match(
      String(message),
      /the file itself is mounted, as a container mounts a single file.*mount the directory of the fil/,
    );
  },
);

story("P4 a directory that is mounted by itself serves", obstacleToAll(), async () => {
  assert.deepEqual(await tell("a directory that is mounted by itself"), {
    names: ["offset.json", "offset.json.bak"],
    told: [],
  });
});

story("O2 an ACL: others get no more, named users lose theirs", obstacleTo("setfacl"), async () => {
  const { before, after, acl } = await tell("an ACL on main");
  // What `stat` shows as the group's right is the mask of all that the ACL names.
  assert.equal(before, "0:0 660");
  assert.equal(after, "0:0 660");
  assert.deepEqual(acl, ["user::rw-", "group::rw-", "other::---"]);
});

story(
  "O2 files of unknown users, in a namespace of root's own, keep their readers and get no more",
  obstacleToAll() ||
    (succeeds("unshare", "--user", "--map-root-user", "true")
      ? false
      : "it may not make a user namespace"),
  async () => {
    const flags = ["--user", "--map-root-user"];
    assert.deepEqual(await tell("a user namespace", flags), {
      // 1000:2000, as the namespace shows it.
      before: "65534:65534 664",
      // Group and others had the right to read at least; the right to write was the former group's.
      journal: "0:0 604",
      after: "0:0 604",
      // Linux lets nobody but its owner link a file that is not its own (fs.protected_hardlinks).
      told: ["call-missing link"],
    });
  },
);

// The last test, not a hook: Deno lets a hook that fails pass.
test("the stories on mounted file systems ran, or are skipped by name", () => {
  console.log(`${told} stories on mounted file systems, ${skipped} skipped`);
  assert.equal(told + skipped, 8);
});
