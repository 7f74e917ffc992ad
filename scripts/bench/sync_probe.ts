/** The program in which strace counts what a store syncs: `sync_probe.ts STORE DIRECTORY`. */
import process from "node:process";
import { persistOnce } from "./peers.ts";

if (import.meta.main) await persistOnce(process.argv[2], process.argv[3]);
