import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, OffsetTable, parse, serialize } from "../../src/core/mod.ts";
import { main } from "../../scripts/verify/fuzz.ts";
import { silent } from "../scripts/offsets_run.ts";
import { byLength } from "../support/length.ts";
import { disagreement, fuzz, type Reader } from "../../scripts/verify/fuzz/fuzz.ts";

/** At least a hundred files are changed in each way. */
const FILES = byLength({ tiny: 4000, short: 4000, long: 20_000 });

const read: Reader = (bytes) => parse(decode(bytes));

test("S5 S6 the parser and a naive oracle agree on every file, whole or broken", async () => {
  const figures = await fuzz({ count: FILES, seed: "20261124", read });
  const told = figures.smallest && JSON.stringify(new TextDecoder().decode(figures.smallest.bytes));
  assert.equal(figures.disagreements, 0, `${figures.smallest?.what}: ${told}`);
  assert.equal(figures.accepted + figures.refused, figures.inputs);
  for (const [kind, { inputs, accepted }] of Object.entries(figures.kinds)) {
    assert.ok(inputs > 100, `only ${inputs} files were changed in ${kind}`);
    // Nothing may be all accepted or all refused, but what was not changed.
    assert.ok(accepted > 0 && (accepted < inputs || kind === "as written"), kind);
  }
});

test("S5 a backslash before a letter is no escape of Go's (found once)", () => {
  // The oracle was wrong, in a file of Java's form whose checksum covers Go's.
  const mq = { topic: "\\b", brokerName: "\\f\b\f", queueId: 0 };
  const text = serialize(OffsetTable.from([[mq, 1]]), { format: "java", checksum: true });
  assert.equal(disagreement(new TextEncoder().encode(text), read), undefined);
});

const BROKEN: Record<string, Reader> = {
  "rounds beyond 2^53": (bytes) =>
    OffsetTable.from([...read(bytes)].map(([mq, o]) => [mq, BigInt.asIntN(64, BigInt(Number(o)))])),
  "takes the first of duplicate keys": (bytes) => {
    const text = decode(bytes);
    const [table] = [parse(text)];
    const first = /^\{"offsetTable":\{("\{[^]*?\}":-?\d+),\1?/.exec(text)?.[1];
    const again = first === undefined ? table : parse(`{"offsetTable":{${first}}}`);
    return OffsetTable.from([...table, ...again]);
  },
  "skips a byte order mark": (bytes) => parse(new TextDecoder().decode(bytes)),
  "does not look at the checksum": (bytes) => parse(decode(bytes), { verifyChecksum: false }),
  "lets another error out": (bytes) => {
    if (bytes.length % 97 === 0) throw new RangeError("stack");
    return read(bytes);
  },
};

for (const [what, broken] of Object.entries(BROKEN)) {
  test(`S5 S6 a parser that ${what} is found out, with a small file`, async () => {
    const { disagreements, smallest } = await fuzz({ count: 1500, seed: "1", read: broken });
    assert.ok(disagreements > 0);
    assert.ok(smallest!.bytes.length < 200, `${smallest!.bytes.length} bytes`);
  });
}

test("fuzz: the figures, the help and wrong usage", async () => {
  const run = async (...args: string[]) => {
    let [out, err] = ["", ""];
    const code = await main(args, {
      ...silent,
      out: (text) => out += text,
      err: (text) => err += text,
    });
    return { code, out, err };
  };
  const { code, out } = await run("--count", "200", "--seed", "7");
  assert.equal(code, 0);
  assert.match(out, /\n200 files, \d+ accepted, \d+ refused, 0 disagreements with the oracle\n$/);
  const json = JSON.parse((await run("--count", "200", "--seed", "7", "--json")).out);
  assert.deepEqual([json.inputs, json.disagreements, json.seed], [200, 0, "7"]);
  assert.match((await run("--help")).out, /Examples:/);
  for (const wrong of [["--count", "0"], ["--count", "x"], ["--what"]]) {
    const { code, err } = await run(...wrong);
    assert.deepEqual([code, /^Cannot fuzz: /.test(err)], [2, true]);
  }
});
