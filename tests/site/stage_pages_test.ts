/** The pages of the site: all of them, with links that lead to one another. */
import assert from "node:assert/strict";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { main } from "../../scripts/docs.ts";
import { type Group, sitePath, stagePages, withSiteLinks } from "../../scripts/site/stage_pages.ts";
import { runMain } from "../soak/run_main.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test("site: a link leads to the page in the site, or becomes its text", () => {
  const isStaged = (path: string) => ["docs/README.md", "docs/a.md", "a.svg"].includes(path);
  const cases = [
    ["[a](a.md#x)", "[a](a.md#x)"],
    ["[all](README.md)", "[all](index.md)"],
    ["![plot](../a.svg)", "![plot](../a.svg)"],
    ["[program](../src/a.ts) and [a](a.md)", "program and [a](a.md)"],
    ["[x](https://example.com/README.md)", "[x](https://example.com/README.md)"],
    ["[here](#there)", "[here](#there)"],
  ];
  for (const [text, expected] of cases) {
    assert.equal(withSiteLinks(text, "docs/b.md", isStaged), expected);
  }
});

test("site: every page of docs/ is in it, every link leads to a file, the sidebar names all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "offsetstore-site-"));
  try {
    const pages = await stagePages(ROOT, folder);
    const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
    assert.deepEqual(docs.filter((name) => !pages.includes(`docs/${name}`)), []);
    let links = 0;
    for (const page of pages) {
      const text = await readFile(join(folder, sitePath(page)), "utf8");
      for (const [, target] of text.matchAll(/\]\(([^)\s#:]+)(?:#[^)]*)?\)/g)) {
        links++;
        await access(join(folder, dirname(sitePath(page)), target));
      }
    }
    assert.ok(links > 80, `${links} links`);
    const groups: Group[] = JSON.parse(await readFile(join(folder, "sidebar.json"), "utf8"));
    const shown = groups.flatMap(({ items }) => items.map(({ link }) => link));
    for (const name of docs.filter((name) => name !== "README.md")) {
      assert.ok(shown.includes(`/docs/${name.replace(/\.md$/, "")}`), name);
    }
    assert.ok(groups.flatMap(({ items }) => items).every(({ text }) => text.length > 3));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("site: a base that is no path is wrong usage", async () => {
  for (const base of ["site", "/site", "site/"]) {
    const { code, err } = await runMain(main, ["--base", base, "--check"]);
    assert.equal(code, 2);
    assert.match(err, /does not begin and end with a slash/);
  }
});
