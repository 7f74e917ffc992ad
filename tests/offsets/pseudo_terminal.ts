import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { currentRuntime } from "../../scripts/lib/runtimes.ts";

/** Runs a program on a pseudo-terminal, types keys once it has printed a text, and prints the outcome. */
const DRIVER = `
import json, os, pty, sys
wanted, keys, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
shown, typed = b"", False
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    shown += data
    if not typed and wanted.encode() in shown:
        os.write(terminal, keys.encode())
        typed = True
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"shown": shown.decode(), "typed": typed, "code": code}))
`;

/** What a program showed on a terminal, and how it ended: with an exit code, or minus a signal. */
export interface Outcome {
  readonly shown: string;
  readonly typed: boolean;
  readonly code: number;
}

const run = promisify(execFile);

/** Tells whether this machine has what a pseudo-terminal needs. */
export async function hasTerminals(): Promise<boolean> {
  return await run("python3", ["-c", "import pty"]).then(() => true, () => false);
}

/** Runs the operator's tool on a pseudo-terminal, and types keys once it has shown a text. */
export async function onTerminal(
  args: readonly string[],
  wanted: string,
  keys: string,
): Promise<Outcome> {
  const script = new URL("../../scripts/offsets.ts", import.meta.url).pathname;
  const flags = currentRuntime() === "deno" ? ["run", "-A", "--no-check"] : [];
  const command = [process.execPath, ...flags, script, ...args];
  const env = { ...process.env, NO_COLOR: "1" };
  const { stdout } = await run("python3", ["-c", DRIVER, wanted, keys, ...command], { env });
  return JSON.parse(stdout);
}
