import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { LocalFileOffsetStore } from "../../mod.ts";
import { generationOf, offsetOf, queuesOf } from "../../scripts/verify/soak/generation.ts";
import { killLoop } from "../../scripts/verify/soak/kill_loop.ts";
import { LossError } from "../../scripts/verify/soak/lane.ts";
import { currentRuntime } from "../../scripts/lib/runtimes.ts";
import { Random } from "../../scripts/lib/random.ts";
import { newTally } from "../../scripts/verify/soak/tally.ts";
import { main } from "../../scripts/verify/soak.ts";
import { byLength } from "../support/length.ts";
import { inDirectory } from "./in_directory.ts";
import { runMain } from "./run_main.ts";

const SEED = "20261124";

/** How many writers are killed, and how many by the end of the resumed run. */
const [KILLS, MORE_KILLS] = byLength({ tiny: [3, 12], short: [6, 30], long: [6, 30] });

const soak = (argv: readonly string[]) => runMain(main, argv);

test("soak: killed writers lose nothing, and what was counted can be resumed", async () => {
  await inDirectory(async (directory) => {
    const state = join(directory, "state.json");
    const args = ["--directory", directory, "--resume", state, "--seed", SEED, "--json"];
    // The comparison covers the complaints, so a report that cuts messages short fails it.
    const first = await soak([...args, "--kills", String(KILLS)]);
    assert.deepEqual({ code: first.code, err: first.err }, { code: 0, err: "" });
    assert.equal(JSON.parse(first.out).kills, KILLS);
    const second = await soak([...args, "--kills", String(MORE_KILLS)]);
    assert.deepEqual({ code: second.code, err: second.err }, { code: 0, err: "" });
    const { kills, lost, seed, runtimes } = JSON.parse(second.out);
    assert.deepEqual({ kills, lost, seed }, { kills: MORE_KILLS, lost: 0, seed: SEED });
    const { outcomes, remains } = runtimes[currentRuntime()];
    for (const counts of [outcomes, remains]) {
      assert.equal(Object.values<number>(counts).reduce((a, b) => a + b), MORE_KILLS);
    }
    assert.equal(JSON.parse(await readFile(state, "utf8")).state.seed, SEED);
  });
});

test("soak: a writer that promises too early is found out, and the evidence is kept", async () => {
  await inDirectory(async (directory) => {
    const options = {
      folder: directory,
      lanes: 2,
      victim: new URL("hasty_victim.ts", import.meta.url),
      onKill: () => Promise.resolve(true),
    };
    const tally = newTally(SEED, 200, [currentRuntime()]);
    const error = await killLoop(tally, options).then(() => undefined, (error) => error);
    assert.ok(error instanceof LossError, String(error));
    assert.match(error.message, /was acknowledged last/);
    assert.match(
      error.message,
      /\n {2}\w+ \{.*\}, killed [\d.]+ ms after .* by SIGKILL .*"A \d+"\]$/,
    );
    const story = JSON.parse(await readFile(join(error.directory, "story.json"), "utf8"));
    assert.equal(story.signal, "SIGKILL");
    assert.ok(story.lines.some((line: string) => line.startsWith("A ")));
  });
});

test("soak: who is interrupted with all that it has started has lost nothing", async () => {
  await inDirectory(async (directory) => {
    const tally = newTally(SEED, 4, [currentRuntime()]);
    const victim = new URL("interrupted_victim.ts", import.meta.url);
    await killLoop(tally, { folder: directory, lanes: 1, victim, onKill: async () => true });
    assert.equal(tally.runtimes[currentRuntime()]!.kills, 4);
  });
});

test("soak: a victim that ends by itself is found out", async () => {
  await inDirectory(async (directory) => {
    const tally = newTally(SEED, 4, [currentRuntime()]);
    const victim = new URL("in_directory.ts", import.meta.url);
    const loop = killLoop(tally, { folder: directory, lanes: 1, victim, onKill: async () => true });
    await assert.rejects(loop, { name: "LossError", message: /the victim ended by itself: / });
  });
});

test("soak: the help, the table and wrong usage", async () => {
  const help = await soak(["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /--kills N/);
  for (
    const argv of [[], ["--kills", "0"], ["--kills", "1", "--runtime", "java"], ["--nonsense"]]
  ) {
    const { code, out, err } = await soak(argv);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^Cannot soak: [^]*See soak --help/);
  }
  await inDirectory(async (directory) => {
    const { code, out } = await soak(["--kills", "2", "--directory", directory]);
    assert.equal(code, 0);
    assert.match(out, /\n2 kills, \d+ acknowledged persists, nothing acknowledged was lost\n$/);
    assert.ok(!out.includes("\x1b"));
  });
});

test("soak: a table of two generations is recognized, and so is one with a queue missing", async () => {
  await inDirectory(async (directory) => {
    const store = await LocalFileOffsetStore.open({ clientId: "", group: "", root: directory });
    const queues = queuesOf(7);
    assert.equal(generationOf(store.snapshot(), 7), 0);
    queues.forEach((mq, i) => store.update(mq, offsetOf(5, i), true));
    assert.equal(generationOf(store.snapshot(), 7), 5);
    assert.throws(() => generationOf(store.snapshot(), 6), /has 7 queues, not 6/);
    store.remove(queues[6]);
    assert.throws(() => generationOf(store.snapshot(), 7), /queue 6 of 7 has undefined/);
    store.update(queues[6], offsetOf(6, 6), true);
    assert.throws(() => generationOf(store.snapshot(), 7), /queue 6 of 7 has 6006, not 5006/);
    await store.close();
  });
});

test("soak: the random choices depend on the seed alone", () => {
  const draw = (seed: string) => {
    const random = new Random(seed);
    return Array.from({ length: 1000 }, () => random.below(10));
  };
  assert.deepEqual(draw("a"), draw("a"));
  assert.notDeepEqual(draw("a"), draw("b"));
  assert.equal(new Set(draw("a")).size, 10);
});
