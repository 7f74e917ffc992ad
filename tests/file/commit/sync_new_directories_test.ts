/** Directories that another process made are durable before their file is believed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetLoadError } from "../../../mod.ts";
import { syncNewDirectories } from "../../../src/file/commit/sync_new_directories.ts";

test("P2 L6 a directory that cannot be synced is a load error with the directory's path", async () => {
  const cause = new Error("EIO");
  const directories = { syncIfNew: () => Promise.reject(cause) };
  await assert.rejects(
    syncNewDirectories("/root/c/g/offset.json", { directories, durability: "full" }),
    (error) =>
      error instanceof OffsetLoadError && error.path === "/root/c/g" && error.cause === cause,
  );
});

test("P2 the durability of the store decides what a directory needs", async () => {
  const asked: string[] = [];
  const directories = {
    async syncIfNew(durability: string) {
      asked.push(durability);
    },
  };
  for (const durability of ["full", "relaxed"] as const) {
    await syncNewDirectories("/root/c/g/offset.json", { directories, durability });
  }
  assert.deepEqual(asked, ["full", "relaxed"]);
});
