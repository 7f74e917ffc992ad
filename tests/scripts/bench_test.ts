import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { main } from "../../scripts/bench.ts";
import { judgeGoals } from "../../scripts/bench/goals.ts";
import { CURVES } from "../../scripts/bench/growth.ts";
import { PAGE_TASK, type Run, runsOf, tablesOf } from "../../scripts/bench/performance_page.ts";
import { plotGrowth } from "../../scripts/bench/plot.ts";
import { queuesOf, shuffled } from "../../scripts/bench/queues.ts";
import { measure } from "../../scripts/bench/rounds.ts";
import type { Figure } from "../../scripts/bench/section.ts";
import { median, quantile, ratio } from "../../scripts/bench/statistics.ts";
import { describe } from "../../scripts/bench/sync_calls.ts";
import { silent } from "./offsets_run.ts";

test("bench: medians, quantiles, and ratios round by round", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(quantile([5, 1, 4, 2, 3], 0), 1);
  assert.equal(quantile([5, 1, 4, 2, 3], 0.9), 5);
  assert.equal(quantile([5, 1], 1), 5);
  assert.ok(Number.isNaN(median([])));
  // The second round was slow for both.
  assert.equal(ratio([2, 200, 2], [1, 100, 1]), 2);
  assert.notEqual(ratio([2, 200, 2], [1, 100, 1]), median([2, 200, 2]) / median([1, 1, 100, 100]));
});

test("bench: cases meet in any order, batches are divided, and the first rounds are left out", async () => {
  let clock = 0;
  const calls: string[] = [];
  const shares: number[] = [];
  const takes = (name: string, ms: () => number) => () => {
    calls.push(name);
    clock += ms();
  };
  let slow = 1000;
  const measured = await measure(
    [
      { name: "a", batch: 2, run: takes("a", () => slow = Math.max(1, slow / 1000)) },
      { name: "b", batch: 1, run: async () => await takes("b", () => 5)() },
    ],
    30,
    (share) => calls.push("|") && shares.push(share),
    () => clock,
  );
  const rounds = calls.join("").split("|").slice(0, -1);
  assert.equal(rounds.length, 38);
  assert.deepEqual(shares, rounds.map((_, i) => (i + 1) / 38));
  const first = rounds.filter((each) => each === "aab").length;
  assert.equal(first + rounds.filter((each) => each === "baa").length, 38);
  assert.ok(first >= 10 && first <= 28, `a came first ${first} times of 38`);
  const each = (ms: number) => new Array(30).fill(ms);
  assert.deepEqual(measured, [{ name: "a", rounds: each(1) }, { name: "b", rounds: each(5) }]);
});

test("bench: nobody waits for what the one before kept the event loop from doing", async () => {
  let [runs, waiting] = [0, 0];
  const run = () => {
    assert.equal(waiting++, 0);
    setImmediate(() => waiting--);
    runs++;
  };
  await measure([{ name: "a", batch: 1, run }, { name: "b", batch: 1, run }], 1);
  assert.equal(runs, 6);
});

test("bench: its queues are different ones, and a random order meets each once", () => {
  const queues = queuesOf(2500);
  assert.equal(new Set(queues.map((mq) => JSON.stringify(mq))).size, 2500);
  const order = shuffled(1000);
  assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 1000 }, (_, i) => i));
  assert.ok(order.filter((at, i) => at === i).length < 20);
});

test("bench: a goal is met or not by its bound, or was not measured", () => {
  const figure = (value: number): Figure => ({ what: "updates", queues: 1000, value, unit: "M/s" });
  const judge = (...figures: Figure[]) =>
    judgeGoals(figures).rows.filter((row) => row.at(-1) !== "not measured");
  assert.deepEqual(judge(), []);
  assert.ok(judgeGoals([]).rows.length > 15);
  assert.deepEqual(judge(figure(12)).map((row) => row.slice(1)), [[
    "1,000",
    "≥ 10",
    "12.0",
    "yes",
  ]]);
  assert.deepEqual(judge(figure(9.9)).map((row) => row.at(-1)), ["no"]);
  const stall = { what: "ours, one queue changed", queues: 100_000, value: 5.1, unit: "ms" };
  assert.deepEqual(judge(stall).map((row) => row.at(-1)), ["no"]);
  assert.deepEqual(judge({ ...stall, value: 5 }).map((row) => row.at(-1)), ["yes"]);
});

test("bench: what a store syncs is read from a trace between two marks", () => {
  const mark = '1 openat(AT_FDCWD, "/offsets-bench-mark", O_RDONLY) = -1 ENOENT';
  const trace = (...calls: string[]) =>
    ["1 fsync(3</d/old.json>) = 0", mark, ...calls, mark].join("\n");
  assert.equal(describe(trace()), "nothing");
  assert.equal(describe(trace("1 fsync(3</d/a.json.tmp>) = 0")), "file");
  const all = trace("2 fdatasync(3</d/db-wal.x>) = 0", "1 fsync(4</d>) = 0", "1 fsync(4</d>) = 0");
  assert.equal(describe(all), "file; directory, 2 times");
});

test("bench: the plot is one well-formed picture with every curve, whatever the figures", () => {
  const figures = CURVES.flatMap((name, c) =>
    [16, 1000, 1_000_000].map((queues, i): Figure => ({
      what: `growth ${name}`,
      queues,
      value: 0.2 * (c + 1) * 10 ** i,
      unit: "ms",
    }))
  );
  const svg = plotGrowth(figures, "a <caption> & more");
  const open: string[] = [];
  for (const [tag, slash, name, end] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (slash) assert.equal(open.pop(), name, tag);
    else if (!end) open.push(name);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity|<caption/);
  for (const name of CURVES) assert.ok(svg.includes(`>${name}</text>`));
  assert.equal([...svg.matchAll(/<circle/g)].length, figures.length);
});

test("bench: a quick run prints its tables or its figures, and leaves nothing behind", async () => {
  const directory = await mkdtemp(join(tmpdir(), "offsetstore-bench-"));
  try {
    const run = async (...args: string[]) => {
      let [out, err] = ["", ""];
      const io = {
        ...silent,
        out: (text: string) => out += text,
        err: (text: string) => err += text,
      };
      const code = await main([...args, "--quick", "--directory", directory], io);
      assert.equal(err, "");
      return { code, out };
    };
    const { code, out } = await run("--only", "updates", "--only", "committers", "--only", "load");
    assert.equal(code, 0);
    assert.match(out, /Increase-only updates, 1,000 queues met in order\n/);
    assert.match(out, /64 committers at once, 1,000 queues\n.*DURABLE UPDATES\/s/);
    assert.match(out, /\nopen +\S+ +\S+ +\d+\.\d\d ×\n/);
    // Not every runtime tells what an update allocates.
    assert.doesNotMatch(out, /NaN/);
    const tool = await run("--only", "tool");
    assert.match(tool.out, /Print 2,000 queues, each a process of its own\n/);
    assert.match(tool.out, /\noffsets show \| head +\S+ +\S+ +\d+\.\d\d × /);
    assert.match(tool.out, /\nnode:sqlite, the same rows +\S+ /);
    const svg = join(directory, "growth.svg");
    const figures = JSON.parse((await run("--only", "growth", "--json", "--svg", svg)).out);
    assert.equal(figures.quick, true);
    assert.equal(figures.figures.length, 2 * CURVES.length);
    assert.match(await readFile(svg, "utf8"), /^<svg /);
    assert.deepEqual(await readdir(directory), ["growth.svg"]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

const RUN: Omit<Run, "runtime" | "figures"> = {
  date: "2026-11-30",
  machine: "2 × a processor, 8 GiB, linux 6.1",
  command: "deno task bench --runtime deno",
  quick: false,
};

test("bench: the tables of the page have a row for each figure and a column for each runtime", () => {
  const figure = (what: string, value: number, more: Partial<Run["figures"][number]> = {}) => ({
    section: "stalls",
    what,
    queues: 100_000,
    value,
    unit: "ms",
    ...more,
  });
  const runs: Run[] = [
    {
      ...RUN,
      runtime: "Deno 2.9.6",
      figures: [figure("open", 4.25), figure("a", 7, { ratio: 0.5 })],
    },
    {
      ...RUN,
      runtime: "Bun 1.4.5",
      figures: [
        figure("open", 3),
        figure("b", 9, { queues: 0 }),
        figure("c", 1, { ratio: NaN }),
        figure("goal open ≤ 5", 3, { section: "goals", unit: "met" }),
        figure("goal a ≥ 2", 1, { section: "goals", unit: "not met" }),
      ],
    },
  ];
  // As they come back from JSON, which has no NaN.
  const again = runsOf(runs.map((run) => `${JSON.stringify(run)}\n`).join(""));
  const text = tablesOf(again);
  const words = text.split("\n").map((line) => line.trim().split(/ {2,}/));
  assert.ok(text.startsWith("Deno 2.9.6, 2026-11-30\n  2 × a processor"));
  assert.deepEqual(words.filter(([what]) => /^(STALLS|GOALS|open.*|a.*|b|c)$/.test(what)), [
    ["STALLS", "QUEUES", "UNIT", "DENO", "BUN"],
    ["open", "100,000", "ms", "4.25", "3.00"],
    ["a", "100,000", "ms", "7.00 0.50 ×", "–"],
    ["b", "ms", "–", "9.00"],
    ["GOALS", "QUEUES", "DENO", "BUN"],
    ["open ≤ 5", "100,000", "–", "3.00"],
    ["a ≥ 2", "100,000", "–", "1.00 missed"],
  ]);
});

test("bench: a page is filled from figures that were printed before, and only its block", async () => {
  const directory = await mkdtemp(join(tmpdir(), "offsetstore-bench-"));
  try {
    const [page, from] = [join(directory, "page.md"), join(directory, "figures.json")];
    const block = (text: string) =>
      `<!-- Generated by \`${PAGE_TASK}\`. -->\n\n\`\`\`text\n${text}\`\`\`\n\n` +
      "<!-- End of the generated block. -->\n";
    await writeFile(page, `before\n\n${block("old\n")}\nbehind\n`);
    const run: Run = { ...RUN, runtime: "Node 24.0.0", figures: [] };
    await writeFile(from, `${JSON.stringify(run)}\n`);
    let out = "";
    const io = { ...silent, out: (text: string) => out += text };
    assert.equal(await main(["--page", page, "--from", from], io), 0);
    assert.match(out, /was written/);
    assert.equal(await readFile(page, "utf8"), `before\n\n${block(tablesOf([run]))}\nbehind\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("bench: the help, and wrong usage", async () => {
  let [out, err] = ["", ""];
  const io = { ...silent, out: (text: string) => out += text, err: (text: string) => err += text };
  assert.equal(await main(["--help"], io), 0);
  assert.match(out, /Examples:\n/);
  assert.equal(await main(["--only", "nothing"], io), 2);
  assert.equal(await main(["--runtime", "java"], io), 2);
  assert.equal(await main(["--what"], io), 2);
  assert.equal(await main(["--from", "figures.json"], io), 2);
  assert.equal(await main(["--runtime", "all", "--svg", "growth.svg"], io), 2);
  assert.match(err, /Cannot measure: --svg draws what one runtime costs; say which with --runtime/);
  assert.match(err, /Cannot measure: --only "nothing" is none of updates, persist, committers/);
});
