/** A victim that is interrupted before it has done anything, as Ctrl-C does to all of a terminal. */
import process from "node:process";

process.kill(process.pid, "SIGINT");
// It is not gone at once on every runtime.
setTimeout(() => {}, 60_000);
