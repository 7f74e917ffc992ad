import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

/** A directory on the real disk; kept if the test fails, as evidence. */
export async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  await mkdir(".soak", { recursive: true });
  const directory = await mkdtemp(join(".soak", "test-"));
  await run(directory);
  await rm(directory, { recursive: true });
}
