import { Buffer } from "node:buffer";
import process from "node:process";
import { createInterface } from "node:readline";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Io } from "./io.ts";

/** The part of a process that the tool's input and output go through. */
export interface Terminal {
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Output & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  exit(code: number): void;
}

interface Output {
  write(text: string): unknown;
  on(event: "error", listener: (error: Error & { code?: string }) => void): unknown;
  once?(event: "drain", listener: () => void): unknown;
}

/** The real terminal, clock and environment. */
export function processIo({ stdin, stdout, stderr, env, exit }: Terminal = process): Io {
  // `offsets … | head` closes the pipe early; that is no failure.
  stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    exit(0);
  });
  let isFull = false;
  const isTerminal = stdout.isTTY ?? false;
  return {
    out: (text) => {
      isFull = stdout.write(text) === false;
    },
    flush: async () => {
      // Even if there is room, a closed pipe is only noticed between two turns.
      if (isFull) await new Promise((resolve) => stdout.once?.("drain", () => resolve(undefined)));
      else await setImmediate();
    },
    input: async () =>
      Buffer.concat(await Array.fromAsync(stdin ?? [], (part) => Buffer.from(part))),
    err: (text) => void stderr.write(text),
    isTerminal,
    ...(isTerminal && stdin?.isTTY ? { ask: (question) => ask(question, stdin, stdout) } : {}),
    // The environment is not touched if it makes no difference: that may need a permission.
    color: isTerminal && !env.NO_COLOR,
    size: () => {
      const { columns, rows } = stdout;
      return columns && rows ? { columns, rows } : undefined;
    },
    now: Date.now,
    sleep: (ms) => setTimeout(ms, true),
  };
}

/**
 * Asks a question. The terminal stays as it is, so that an interrupt ends the process as always.
 */
function ask(
  question: string,
  input: NodeJS.ReadableStream,
  output: Output,
): Promise<string | undefined> {
  output.write(question);
  const lines = createInterface({ input });
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      resolve(line);
      lines.close();
    });
    lines.once("close", () => resolve(undefined));
  });
}
