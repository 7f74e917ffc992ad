import { join } from "node:path";
import { levelPeer } from "./level.ts";

/**
 * It builds native code for minutes, so it is not among the development tools: install it to have it
 * measured.
 */
export const rocksdb = levelPeer("rocksdb, sync", async (directory) => {
  const name: string = "@nxtedition/rocksdb";
  const { RocksLevel } = await import(name);
  const database = new RocksLevel(join(directory, "rocks"));
  await database.open();
  return database;
});
