/**
 * The program that tells how long the start of a store takes, in a process of its own:
 *
 *     startup_probe.ts ours|sqlite|level|lmdb|import MODULE DIRECTORY
 *
 * It prints the milliseconds of the import and those of the first open, 0 where there is none.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const OPENS: Record<string, (module: string, directory: string) => Promise<() => unknown>> = {
  async ours(module, root) {
    const { LocalFileOffsetStore } = await import(module);
    return () => LocalFileOffsetStore.open({ clientId: "c", group: "g", root });
  },
  async sqlite(_, directory) {
    const path = join(directory, "sqlite.db");
    // Deno and Node do not know the name, and their type checkers need not.
    const [name, isBun] = process.versions.bun === undefined
      ? ["node:sqlite", false]
      : ["bun:sqlite", true];
    const { Database, DatabaseSync } = await import(name);
    return () => {
      const database = isBun ? new Database(path) : new DatabaseSync(path);
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    };
  },
  async level(module, directory) {
    const { ClassicLevel } = await import(module);
    return () => new ClassicLevel(join(directory, "level")).open();
  },
  async lmdb(module, directory) {
    const { open } = await import(module);
    return () => open({ path: join(directory, "lmdb") });
  },
  async import(module) {
    await import(module);
    return () => {};
  },
};

if (import.meta.main) {
  const [what, module, directory] = process.argv.slice(2);
  mkdirSync(directory, { recursive: true });
  const begun = performance.now();
  const open = await OPENS[what](module, directory);
  const imported = performance.now();
  await open();
  console.log(`${imported - begun}\n${performance.now() - imported}`);
  process.exit(0);
}
