import { spawn } from "node:child_process";
import process from "node:process";

/** A program that runs in the broker's namespace. */
export interface Program {
  /** Its process id in the namespace. */
  readonly pid: number;
  /** All that it has printed so far, standard output and standard error. */
  output(): string;
  /** Resolves when it has printed something that matches; rejects if it ends before that. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** How a program is started. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether its output is kept, which it is by default, or goes where ours goes. */
  readonly stdio?: "pipe" | "inherit";
}

/** Starts a program with no standard input. */
export function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env, stdio = "pipe" }: ProgramOptions = {},
): Program {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", stdio, stdio],
  });
  let output = "";
  let hasEnded = false;
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  const hear = (text: string) => {
    output += text;
    tell();
  };
  child.stdout?.setEncoding("utf8").on("data", hear);
  child.stderr?.setEncoding("utf8").on("data", hear);
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.on("error", (error) => {
      reject(new Error(`Cannot run "${command}": ${error.message}`, { cause: error }));
    });
    child.on("close", (code, signal) => {
      hasEnded = true;
      tell();
      resolve(code ?? signal!);
    });
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((resolve, reject) => {
      const look = () => {
        const match = output.match(pattern);
        if (match === null && !hasEnded) return;
        listeners.delete(look);
        if (match !== null) resolve(match);
        else reject(new Error(`"${command}" ended and never printed ${pattern}:\n${output}`));
      };
      listeners.add(look);
      look();
    });
  return {
    pid: child.pid!,
    output: () => output,
    printed,
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/**
 * Runs a program to its end and answers what it printed.
 *
 * @throws {Error} If it does not end with code 0; with what it printed.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const program = startProgram(command, args, options);
  const how = await program.ended;
  if (how === 0) return program.output();
  throw new Error(`"${command} ${args.join(" ")}" ended with ${how}:\n${program.output()}`);
}
