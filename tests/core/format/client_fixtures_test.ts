import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { isInForm } from "../../../scripts/interop/forms.ts";
import { decode, type MessageQueue, OffsetTable, parse, serialize } from "../../../src/core/mod.ts";

// The real clients wrote these files, from the tables beside them; tests/fixtures/README.md says how.
const FOLDER = new URL("../../fixtures/", import.meta.url);

const WRITERS = [
  ["go/2.0.0", "go"],
  ["go/2.1.2", "go"],
  ["java/4.9.4", "fastjson"],
  ["java/4.9.8", "fastjson"],
  ["java/5.5.0", "fastjson2"],
  ["rust/0.9.0", "serde"],
] as const;

const NUMBERS = ["00", "01", "02", "03", "04"];

function tableOf(number: string): OffsetTable {
  const file = new URL(`tables/${number}.entries.json`, FOLDER);
  const listed: (MessageQueue & { offset: string })[] = JSON.parse(readFileSync(file, "utf8"));
  return OffsetTable.from(listed.map(({ offset, ...mq }) => [mq, BigInt(offset)]));
}

const bytesOf = (folder: string, number: string): Uint8Array =>
  readFileSync(new URL(`${folder}/${number}.json`, FOLDER));

test("S5 there are fixtures of every client, and their tables hold the special names and offsets", () => {
  for (const [folder] of WRITERS) {
    const names = readdirSync(new URL(`${folder}/`, FOLDER)).sort();
    assert.deepEqual(names, NUMBERS.map((number) => `${number}.json`));
  }
  const entries = NUMBERS.flatMap((number) => [...tableOf(number)]);
  const topics = new Set(entries.map(([mq]) => mq.topic));
  for (const topic of ["", "__proto__", "1", '"', "\\", "<>&", "\u2028\u2029", "😀", "\ufeff"]) {
    assert.ok(topics.has(topic), JSON.stringify(topic));
  }
  assert.ok(entries.some(([mq]) => mq.topic.length > 200 || mq.brokerName.length > 200));
  const offsets = new Set(entries.map(([, offset]) => offset));
  for (const offset of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]) {
    assert.ok(offsets.has(offset));
  }
});

for (const [folder, form] of WRITERS) {
  test(`S5 S7 parse() reads exactly the entries of the files that ${folder} wrote`, () => {
    for (const number of NUMBERS) {
      const table = tableOf(number);
      assert.deepEqual([...parse(decode(bytesOf(folder, number)))], [...table], number);
    }
  });

  test(`S3 S7 the files that ${folder} wrote are in the form that is known of it`, () => {
    for (const number of NUMBERS) {
      const text = decode(bytesOf(folder, number));
      const table = tableOf(number);
      assert.ok(isInForm(text, table, form), number);
      // Every other form is another text.
      for (const other of ["go", "fastjson", "fastjson2", "serde"] as const) {
        assert.equal(isInForm(text, table, other), other === form, `${number} ${other}`);
      }
    }
  });
}

test("S3 a text is in no form if a byte is changed, missing or too much", () => {
  for (const [folder, form] of WRITERS) {
    const text = decode(bytesOf(folder, "01"));
    const table = tableOf("01");
    for (let i = 0; i <= text.length; i++) {
      assert.ok(!isInForm(text.slice(0, i) + "0" + text.slice(i), table, form), `${folder} +${i}`);
      if (i === text.length) continue;
      assert.ok(!isInForm(text.slice(0, i) + text.slice(i + 1), table, form), `${folder} -${i}`);
      const changed = text.slice(0, i) + (text[i] === "7" ? "8" : "7") + text.slice(i + 1);
      assert.ok(!isInForm(changed, table, form), `${folder} ${i}`);
    }
  }
});

for (
  const [folder, format, form] of [
    ["go/2.0.0", "go", "go"],
    ["go/2.1.2", "go", "go"],
    ["java/4.9.4", "java", "fastjson"],
    ["java/4.9.8", "java", "fastjson"],
  ] as const
) {
  test(`S3 S7 serialize() writes the bytes of ${folder}, up to the order of entries`, () => {
    for (const number of NUMBERS) {
      const text = serialize(tableOf(number), { format });
      assert.ok(isInForm(text, tableOf(number), form), number);
      assert.equal(new TextEncoder().encode(text).length, bytesOf(folder, number).length, number);
    }
  });
}
