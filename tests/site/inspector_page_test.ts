/** The inspector in a real Chromium; skipped by name where there is none. */
import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { OffsetTable, serialize } from "../../mod.ts";
import { buildInspector, MOST_BYTES } from "../../scripts/site/build_inspector.ts";
import { findChromium, Page } from "./browser.ts";

const CHROMIUM = findChromium();
const QUEUES = 100_000;

/** A table of many queues, whose offsets grow with their number. */
function table(add: (id: number) => number): OffsetTable {
  return OffsetTable.from(Array.from({ length: QUEUES }, (_, id) => {
    const mq = {
      topic: `topic-${id % 1000}`,
      brokerName: "broker-a",
      queueId: Math.floor(id / 1000),
    };
    return [mq, BigInt(id + add(id))] as const;
  }));
}

/** Fixtures, and where they lie in the folder that is dropped. */
const FIXTURES = [
  ["go/2.1.2/02.json", "go/offset.json"],
  ["java/5.5.0/02.json", "java/offsets.json"],
  ["ali_ons/3.12.0/02.json", "ali-ons/offsets.json"],
  ["ali_ons/3.12.0/fraction.json", "torn/offset.json"],
  ["go/2.1.2/02.json", "torn/offset.json.bak"],
] as const;

const text = (selector: string) =>
  `document.querySelector(${JSON.stringify(selector)}).textContent`;
const set = (selector: string, property: string, value: string, event: string) =>
  `{ const found = document.querySelector(${JSON.stringify(selector)});
  found.${property} = ${value};
  found.dispatchEvent(new Event("${event}")); }`;

test("inspector: the page is one file, asks for nothing, and is short", async () => {
  const page = await buildInspector();
  assert.ok(page.length < MOST_BYTES, `${page.length} characters`);
  assert.doesNotMatch(page, /\b(fetch|XMLHttpRequest|WebSocket|sendBeacon|EventSource)\b/);
  assert.doesNotMatch(page, /\b(src|href)=/);
  assert.match(page, /content="default-src 'none'; /);
});

test("inspector: 100,000 queues in Chromium: judged, filtered, sorted and compared", {
  skip: CHROMIUM === undefined && "no Chromium is installed",
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-inspector-"));
  try {
    const html = join(folder, "inspector.html");
    const [main, backup] = ["offset.json", "offset.json.bak"].map((name) => join(folder, name));
    await writeFile(html, await buildInspector());
    await writeFile(main, serialize(table(() => 0), { checksum: true }));
    await writeFile(backup, serialize(table((id) => id % 1000 === 7 ? 5 : 0), { checksum: true }));
    await using page = await Page.open(CHROMIUM!, pathToFileURL(html).href);
    await page.choose("#input", [main, backup]);
    await page.until(`${text("#count")} === "100,000 of 100,000 queues"`);
    assert.equal(await page.evaluate('document.querySelectorAll("li.valid").length'), 2);
    assert.match(
      String(await page.evaluate(text(".load"))),
      /^open would load 100,000 queues from offset\.json\.$/,
    );
    assert.ok(Number(await page.evaluate('document.querySelectorAll("#table tr").length')) < 200);

    await page.evaluate(set("#filter", "value", '"topic-42 7"', "input"));
    assert.equal(await page.evaluate(text("#count")), "110 of 100,000 queues");
    await page.evaluate(set("#filter", "value", '""', "input"));

    await page.evaluate('document.querySelector("th.offset button").click()');
    await page.evaluate('document.querySelector("th.offset button").click()');
    const first =
      '[...document.querySelector("#table tbody tr:nth-child(2)").cells].map((c) => c.textContent)';
    assert.deepEqual(await page.evaluate(first), ["topic-999", "broker-a", "99", "99999"]);
    await page.evaluate(
      '{ const s = document.querySelector("#scroller"); s.scrollTop = s.scrollHeight; s.dispatchEvent(new Event("scroll")); }',
    );
    const last =
      '[...document.querySelector("#table tbody tr:nth-last-child(2)").cells].map((c) => c.textContent)';
    assert.deepEqual(await page.evaluate(last), ["topic-0", "broker-a", "0", "0"]);

    const names = '[...document.querySelector("#compared").options].map((option) => option.value)';
    assert.deepEqual(await page.evaluate(names), [
      "",
      "offset.json, as open would load it",
      "offset.json",
      "offset.json.bak",
    ]);
    await page.evaluate(set("#compared", "value", '"offset.json.bak"', "change"));
    await page.evaluate(set("#different", "checked", "true", "input"));
    assert.equal(await page.evaluate(text("#count")), "100 of 100,000 queues, 100 differ");
    assert.match(String(await page.evaluate(text("tr.different"))), /topic-7.*\+5$/);

    assert.deepEqual(page.errors, []);
    assert.deepEqual(page.requested, [pathToFileURL(html).href]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("inspector: a torn file, an edited one and a dropped one in Chromium", {
  skip: CHROMIUM === undefined && "no Chromium is installed",
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-inspector-"));
  try {
    const html = join(folder, "inspector.html");
    const good = serialize(OffsetTable.from([[{ topic: "t", brokerName: "b", queueId: 0 }, 42n]]), {
      checksum: true,
    });
    const [main, backup] = ["offset.json", "offset.json.bak"].map((name) => join(folder, name));
    await writeFile(html, await buildInspector());
    await writeFile(main, good.slice(0, 30));
    await writeFile(backup, good);
    await using page = await Page.open(CHROMIUM!, pathToFileURL(html).href);
    await page.choose("#input", [main, backup]);
    await page.until('document.querySelector(".store") !== null');
    assert.match(String(await page.evaluate(text("li.bad"))), /position 16 of 30/);
    assert.equal(await page.evaluate(text("li.bad mark")), '"');
    assert.match(
      String(await page.evaluate(text(".load"))),
      /^open would recover 1 queue from offset\.json\.bak/,
    );
    await writeFile(main, good.replace("42", "43"));
    await page.choose("#input", [main]);
    await page.until('document.querySelector("li.edited") !== null');
    assert.match(
      String(await page.evaluate(text(".load"))),
      /^open would refuse: a person has to decide/,
    );
    await page.evaluate('document.querySelector("#clear").click()');
    await page.until('document.querySelector("#stores").hidden');
    await page.evaluate(`{ const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${JSON.stringify(good)}], "offsets.json"));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer })); }`);
    await page.until('document.querySelector(".store") !== null');
    assert.equal(await page.evaluate(text("h3")), "offsets.json");
    for (const width of [1280, 390]) {
      await page.look({ width, height: 800, scheme: "dark" });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
    }
    assert.deepEqual(page.errors, []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("inspector: a folder of all clients, dropped in Chromium", {
  skip: CHROMIUM === undefined && "no Chromium is installed",
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-inspector-"));
  try {
    const html = join(folder, "inspector.html");
    await writeFile(html, await buildInspector());
    const stores = join(folder, "stores");
    await mkdir(stores);
    for (const [fixture, path] of FIXTURES) {
      await mkdir(join(stores, path, ".."), { recursive: true });
      await copyFile(new URL(`../fixtures/${fixture}`, import.meta.url), join(stores, path));
    }
    await using page = await Page.open(CHROMIUM!, pathToFileURL(html).href);
    await page.look({ width: 390, height: 800, scheme: "light" });
    await page.drop("#drop", [stores]);
    await page.until('document.querySelector(".store") !== null');
    const shown = await page.evaluate(`[...document.querySelectorAll(".store")].map((store) =>
      [store.querySelector("h3"), store.querySelector(".load p")].map((e) => e.textContent))`);
    assert.deepEqual(shown, [
      [
        "stores/ali-ons/offsets.json",
        "open would refuse: no file is usable. Nothing would be changed.",
      ],
      ["stores/go/offset.json", "open would load 9 queues from offset.json."],
      ["stores/java/offsets.json", "open would load 9 queues from offsets.json."],
      ["stores/torn/offset.json", "open would recover 9 queues from offset.json.bak."],
    ]);
    // On a phone the offset of a queue is in sight.
    const right = 'document.querySelector("th.offset").getBoundingClientRect().right';
    assert.ok(Number(await page.evaluate(right)) <= 390);
    assert.deepEqual(page.errors, []);
  } finally {
    await rm(folder, { recursive: true });
  }
});
