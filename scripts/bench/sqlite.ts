import { join } from "node:path";
import process from "node:process";
import type { Contender, Contest } from "./contender.ts";
import { queuesOf } from "./queues.ts";

/** What both modules have in common. */
interface Database {
  exec(sql: string): void;
  close(): void;
  prepare(sql: string): {
    run(...values: (string | number | bigint)[]): unknown;
    iterate(): Iterable<unknown>;
  };
}

/** SQLite as the runtime brings it: WAL, and a sync at each transaction. */
export interface Sqlite extends Contender {
  /** So many upserts in one transaction. */
  upsert(count: number): void;
}

export async function sqlite({ directory, queues: count }: Contest): Promise<Sqlite> {
  const path = join(directory, "sqlite.db");
  const database = await openDatabase(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  database.exec("CREATE TABLE offsets (queue TEXT PRIMARY KEY, value INTEGER)");
  const statement = database.prepare(
    "INSERT INTO offsets VALUES (?, ?) ON CONFLICT (queue) DO UPDATE SET value = excluded.value",
  );
  const keys = queuesOf(count).map((mq) => JSON.stringify(mq));
  let offset = 1_000_000n;
  database.exec("BEGIN");
  for (const key of keys) statement.run(key, offset++);
  database.exec("COMMIT");
  let next = 0;
  const persist = () => {
    next = (next + 7919) % count;
    statement.run(keys[next], offset++);
  };
  return {
    name: "SQLite",
    persist,
    upsert(times) {
      database.exec("BEGIN");
      for (let i = 0; i < times; i++) persist();
      database.exec("COMMIT");
    },
    close: () => database.close(),
  };
}

/** Opens a database with what the runtime has built in. */
export async function openDatabase(path: string): Promise<Database> {
  if (process.versions.bun !== undefined) {
    // Deno and Node do not know the name, and their type checkers need not.
    const name = "bun:sqlite";
    const { Database } = await import(name);
    return new Database(path);
  }
  const { DatabaseSync } = await import("node:sqlite");
  return new DatabaseSync(path);
}
