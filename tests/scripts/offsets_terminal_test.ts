import assert from "node:assert/strict";
import { test } from "node:test";
import { paint } from "../../scripts/lib/io.ts";
import { processIo } from "../../scripts/lib/process_io.ts";

/** A terminal, or none, that remembers what was done to it. */
function fake(isTTY: boolean | undefined, env: Record<string, string>) {
  const seen = { out: "", err: "", exits: [] as number[], fail: (_: Error) => {} };
  const terminal = {
    stdout: {
      isTTY,
      write: (text: string) => seen.out += text,
      on: (_: "error", listener: (error: Error) => void) => seen.fail = listener,
    },
    stderr: { write: (text: string) => seen.err += text, on: () => {} },
    env,
    exit: (code: number) => void seen.exits.push(code),
  };
  return { io: processIo(terminal), seen };
}

for (
  const [isTTY, env, coloured] of [
    [true, {}, true],
    [true, { NO_COLOR: "" }, true],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "0" }, false],
    [false, {}, false],
    [undefined, {}, false],
  ] as const
) {
  const output = isTTY ? "a terminal" : "a pipe";
  test(`colour on ${output} with ${JSON.stringify(env)}: ${coloured ? "yes" : "no"}`, () => {
    const { io, seen } = fake(isTTY, env);
    io.out(paint(io, "red", "bad"));
    assert.equal(seen.out, coloured ? "\x1b[31mbad\x1b[0m" : "bad");
    assert.equal(io.isTerminal, isTTY ?? false);
  });
}

test("without a terminal the environment is not asked, since Deno would want a permission", () => {
  const env = new Proxy({}, { get: () => assert.fail("it was asked") });
  assert.equal(fake(false, env).io.color, false);
});

test("a pipe that is closed early is no failure; any other fault is", () => {
  const { seen } = fake(false, {});
  seen.fail(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
  assert.deepEqual(seen.exits, [0]);
  assert.throws(() => seen.fail(new Error("no space left")), /no space left/);
});
