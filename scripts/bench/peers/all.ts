import { ours } from "../contender.ts";
import { sqlite } from "../sqlite.ts";
import { classicLevel } from "./classic_level.ts";
import { conf } from "./conf.ts";
import { denoKv } from "./deno_kv.ts";
import { atomically, writeFileAtomic } from "./file_writers.ts";
import { lmdb, lmdbWithoutOverlap } from "./lmdb.ts";
import { lowdb } from "./lowdb.ts";
import type { Peer } from "./peer.ts";
import { rocksdb } from "./rocksdb.ts";
import { steno } from "./steno.ts";

const [plainFile, journal] = ["ours, plain file", "ours, journal"];

/** Our store, and what is compared with it. The first is the baseline. */
export const PEERS: readonly Peer[] = [
  {
    name: plainFile,
    writes: "the whole table",
    open: (contest) => ours(plainFile, contest),
  },
  {
    name: journal,
    writes: "one entry",
    open: (contest) => ours(journal, contest, { journal: { compactAtBytes: 1e9 } }),
  },
  { name: "SQLite, WAL, FULL", writes: "one entry", open: sqlite },
  writeFileAtomic,
  atomically,
  steno,
  lowdb,
  conf,
  classicLevel,
  lmdb,
  lmdbWithoutOverlap,
  rocksdb,
  denoKv,
];
