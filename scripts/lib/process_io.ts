import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type { Io } from "./io.ts";

/** The part of a process that the tool's input and output go through. */
export interface Terminal {
  readonly stdout: Output & { readonly isTTY?: boolean };
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  exit(code: number): void;
}

interface Output {
  write(text: string): unknown;
  on(event: "error", listener: (error: Error & { code?: string }) => void): unknown;
}

/** The real terminal, clock and environment. */
export function processIo({ stdout, stderr, env, exit }: Terminal = process): Io {
  // `offsets … | head` closes the pipe early; that is no failure.
  stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    exit(0);
  });
  const isTerminal = stdout.isTTY ?? false;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTerminal,
    // The environment is not touched if it makes no difference: that may need a permission.
    color: isTerminal && !env.NO_COLOR,
    now: Date.now,
    sleep: (ms) => setTimeout(ms, true),
  };
}
