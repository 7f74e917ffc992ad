import type { Io } from "../../scripts/lib/io.ts";

/** Runs a program's `main` and answers what it printed. */
export async function runMain(
  main: (argv: readonly string[], io: Io) => Promise<number>,
  argv: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await main(argv, {
    out: (text) => out += text,
    err: (text) => err += text,
    isTerminal: false,
    color: false,
    now: Date.now,
    sleep: () => Promise.resolve(false),
  });
  return { code, out, err };
}
