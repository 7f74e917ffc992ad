import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { run as runTool, Workspace } from "../scripts/offsets_run.ts";
import { hasTerminals } from "./pseudo_terminal.ts";

const run = promisify(execFile);

/** A typed line, and words that must and must not be offered. */
const CASES: readonly (readonly [line: string, offered: string[], not: string[]])[] = [
  ["offsetstore li", ["list"], ["show", "verify"]],
  ["offsets ver", ["verify"], ["list"]],
  ["offsetstore list --so", ["--sort"], ["--bad", "--topic"]],
  ["offsetstore list --sort ", ["age", "path", "queues"], ["--bad", "rate"]],
  ["offsetstore show --sort ", ["rate", "name"], ["age"]],
  ["offsetstore completion ", ["bash", "zsh", "fish"], ["list"]],
];

async function has(shell: string): Promise<boolean> {
  return await run(shell, ["--version"]).then(() => true, () => false);
}

async function script(shell: string): Promise<string> {
  const { code, out } = await runTool(["completion", shell]);
  assert.equal(code, 0);
  return out;
}

function assertOffered(words: readonly string[], offered: string[], not: string[]): void {
  for (const word of offered) assert.ok(words.includes(word), `${word} in ${words.join(" ")}`);
  for (const word of not) assert.ok(!words.includes(word), `${word} not in ${words.join(" ")}`);
}

test("bash completes commands, options and values", { skip: !await has("bash") }, async () => {
  const completion = await script("bash");
  for (const [line, offered, not] of CASES) {
    const words = line.split(" ");
    const driver = `${completion}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
_offsetstore
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["--norc", "-c", driver]);
    assertOffered(stdout.split("\n"), offered, not);
  }
});

test("fish completes commands, options and values", { skip: !await has("fish") }, async () => {
  const completion = await script("fish");
  for (const [line, offered, not] of CASES) {
    const { stdout } = await run("fish", [
      "--no-config",
      "-c",
      `${completion}\ncomplete -C '${line}'`,
    ]);
    assertOffered(stdout.split("\n").map((each) => each.split("\t")[0]), offered, not);
  }
});

const noZsh = !await has("zsh") || !await hasTerminals();

/** Types a line and a tab into an interactive zsh; completion works nowhere else. */
const ZSH_DRIVER = `
import os, pty, select, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm", PS1="ready> ", COLUMNS="80")
    os.execvp("zsh", ["zsh", "-f", "-i"])
def read_until(text):
    seen, end = b"", time.time() + 30
    while text not in seen and time.time() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536)
    return seen
read_until(b"ready> ")
os.write(terminal, f"source {sys.argv[1]}\\n".encode())
if b"ready> " not in read_until(b"loaded").split(b"loaded")[-1]:
    read_until(b"ready> ")
os.write(terminal, sys.argv[2].encode() + b"\\t")
print(read_until(sys.argv[3].encode()).decode(errors="replace"))
os.kill(pid, 9)
`;

test("zsh completes commands, options and values", { skip: noZsh }, async () => {
  await using w = await Workspace.make();
  const settings =
    "autoload -U compinit; compinit -u -D; setopt no_beep; bindkey '^I' list-choices\n";
  const init = await w.write("init.zsh", `${settings}${await script("zsh")}\nprint loaded\n`);
  for (const [line, offered, not] of CASES) {
    const { stdout } = await run("python3", ["-c", ZSH_DRIVER, init, line, `${offered.at(-1)!}`]);
    // deno-lint-ignore no-control-regex
    const words = stdout.replace(/\x1b\[[\d;?]*[A-Za-z]/g, " ").split(/\s+/);
    assertOffered(words.slice(line.trim().split(" ").length), offered, not);
  }
});

test("completion of an unknown shell is wrong usage", async () => {
  const { code, err } = await runTool(["completion", "tcsh"]);
  assert.equal(code, 2);
  assert.match(err, /"tcsh" is none of bash, zsh, fish/);
});
