import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type { Io } from "./io.ts";

/** The real terminal, clock and environment. */
export function processIo(): Io {
  const { stdout, stderr } = process;
  // `offsets … | head` closes the pipe early; that is no failure.
  stdout.on("error", (error: Error & { code?: string }) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTerminal: stdout.isTTY ?? false,
    color: (stdout.isTTY ?? false) && !process.env.NO_COLOR,
    now: Date.now,
    sleep: (ms) => setTimeout(ms, true),
  };
}
