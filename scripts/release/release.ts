#!/usr/bin/env -S deno run --no-lock --allow-read --allow-write --allow-env --allow-run
/**
 * The maintainers' script: `stage` makes a release in `dist/`, `check` looks at its package, `verify`
 * tries a published one on three runtimes.
 *
 * For Deno only, and the only file that imports from JSR. Its `jsr:` specifiers stand in `deno.json`,
 * as Deno wants them, because Deno looks at JSR no sooner than a file that imports them is loaded:
 * every other file checks, lints and tests where JSR cannot be reached. That holds only while
 * `deno.lock` has no `jsr` section and nothing else imports this file; so it runs with `--no-lock`.
 *
 * @module
 */
import { retry } from "@std/async/retry";
import { emptyDir } from "@std/fs/empty-dir";
import { fromFileUrl } from "@std/path";
import process from "node:process";
import { processIo } from "../lib/process_io.ts";
import { runTask } from "../lib/task.ts";
import { releaseTask } from "./release_task.ts";

/** A file may take a while to appear where it was published. */
const PAUSES = { minTimeout: 2_000, maxTimeout: 30_000 };

const TASK = releaseTask({
  root: fromFileUrl(new URL("../../", import.meta.url)),
  emptyFolder: emptyDir,
  retry: (attempt, maxAttempts) => retry(attempt, { ...PAUSES, maxAttempts }),
});

if (import.meta.main) process.exitCode = await runTask(TASK, process.argv.slice(2), processIo());
