/** `show --watch`: what fits the screen, which queues it shows, and a real pseudo-terminal. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { OffsetTable } from "../../mod.ts";
import { currentRuntime } from "../../scripts/lib/runtimes.ts";
import { RateWindow } from "../../scripts/offsets/output/rate_window.ts";
import { run, Workspace } from "../scripts/offsets_run.ts";
import { hasTerminals } from "./pseudo_terminal.ts";

/** So many queues, each at its number, and some of them moved on. */
function queues(count: number, moved: Readonly<Record<number, bigint>> = {}): OffsetTable {
  return OffsetTable.from(Array.from({ length: count }, (_, i) => [
    { topic: `topic-${i}`, brokerName: "b", queueId: 0 },
    BigInt(i) + (moved[i] ?? 0n),
  ]));
}

/** The frames that a watch draws on a terminal; the file changes between the first and the second. */
async function watched(
  count: number,
  moved: Readonly<Record<number, bigint>>,
  size: () => { columns: number; rows: number },
  ...args: string[]
): Promise<string[][]> {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", queues(count));
  let polls = 0;
  const { code, out } = await run(["show", path, "--watch", ...args], {
    isTerminal: true,
    size,
    now: () => 1_000_000 + polls * 10_000,
    sleep: async () => {
      if (++polls === 1) await w.write("offset.json", queues(count, moved));
      return polls < 2;
    },
  });
  assert.equal(code, 0);
  return out.split("\x1b[H").slice(2).map((frame) =>
    // deno-lint-ignore no-control-regex
    frame.replace(/\x1b\[[KJ]/g, "").split("\r\n")
  );
}

const topics = (frame: readonly string[]) => frame.slice(2, -2).map((line) => line.split(" ")[0]);

test("a watch fits the screen, and shows the fastest queues in their order", async () => {
  const size = { columns: 40, rows: 6 };
  const moved = { 5: 100n, 77: 30n, 40: -200n, 9: 10n };
  const [, last] = await watched(100, moved, () => size);
  assert.equal(last.slice(0, -1).length, size.rows);
  for (const line of last) assert.ok(line.length <= size.columns, line);
  assert.match(last[1], /^TOPIC +BROKER +QUEUE +OFFSET +RATE$/);
  assert.deepEqual(topics(last), ["topic-40", "topic-5", "topic-77"]);
  assert.match(last[3], /10\.0\/s$/);
  // 100 + 30 − 200 + 10 in ten seconds; the end of the line is cut to the terminal.
  assert.match(last.at(-2)!, /^100 queues, -6\.0\/s.*…/);
});

test("--sort name shows the first queues", async () => {
  const [, last] = await watched(
    100,
    { 99: 5n },
    () => ({ columns: 80, rows: 6 }),
    "--sort",
    "name",
  );
  assert.deepEqual(topics(last), ["topic-0", "topic-1", "topic-10"]);
  assert.match(last.at(-2)!, /^100 queues, 0\.5\/s in all, the first 3 shown$/);
});

test("many queues are watched in little room", async () => {
  const [, last] = await watched(20_000, { 14_321: 10n }, () => ({ columns: 80, rows: 24 }));
  assert.equal(last.slice(0, -1).length, 24);
  assert.ok(topics(last).includes("topic-14321"));
  assert.match(last.at(-2)!, /^20000 queues, 1\.0\/s in all, the fastest 21 shown$/);
});

test("the rate is that of the last 30 seconds, and few tables are kept for it", () => {
  const rates = new RateWindow();
  const mq = { topic: "t", brokerName: "b", queueId: 0 };
  const rate = (now: number) => rates.queues(now)[0].rate;
  for (let s = 0; s <= 100; s++) rates.add(s * 1000, [[mq, BigInt(s < 50 ? 0 : (s - 50) * 7)]]);
  const fresh = rate(100_000)!;
  assert.ok(Math.abs(fresh - 7) < 0.01, String(fresh));
  assert.ok(rate(125_000)! < fresh, "it sinks when nothing moves");
  assert.equal(rates.add(126_000, [[mq, 350n]]), false);
  assert.equal(rates.add(127_000, [[mq, 351n]]), true);
});

const DRIVER = `
import fcntl, json, os, pty, select, struct, sys, termios, time
path, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    time.sleep(0.2)
    os.execv(command[0], command)
def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
def read_until(text, seconds=60):
    seen, end = "", time.time() + seconds
    while text not in seen and time.time() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 65536).decode()
            except OSError:
                break
    return seen
resize(12, 70)
first = read_until("9 shown")
resize(8, 60)
second = read_until(" 5 shown")
os.write(terminal, b"\\x03")
rest = read_until("never", 10)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"first": first, "second": second, "rest": rest, "code": code}))
`;

const skip = !await hasTerminals();

test("on a real terminal it fits, follows a resize, and Ctrl-C ends it", { skip }, async () => {
  await using w = await Workspace.make();
  const path = await w.write("offset.json", queues(100));
  const script = fileURLToPath(new URL("../../scripts/offsets.ts", import.meta.url));
  const flags = currentRuntime() === "deno" ? ["run", "-A", "--no-check"] : [];
  const command = [process.execPath, ...flags, script, "show", path, "--watch"];
  const { stdout } = await promisify(execFile)("python3", ["-c", DRIVER, path, ...command], {
    env: { ...process.env, NO_COLOR: "1" },
  });
  const { first, second, rest, code } = JSON.parse(stdout);
  assert.match(first, /100 queues, 0\.0\/s in all, the fastest 9 shown/);
  assert.match(second, /100 queues, 0\.0\/s in all, the fastest 5 shown/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(first + second, /\x1b\[2J/, "it is not cleared, so it does not flicker");
  assert.ok([-2, 130].includes(code), `${code} ${rest}`);
});
