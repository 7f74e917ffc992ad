/** The links and the paths on the pages of the documentation lead somewhere. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { read, ROOT } from "../architecture/sources.ts";

const PAGES = [
  ...readdirSync(new URL("docs/", ROOT)).filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "tests/README.md",
];

const slug = (title: string) => title.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-");

for (const page of PAGES) {
  test(`the links of ${page}`, () => {
    const text = read(page);
    const here = new URL(page, ROOT);
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path, anchor] = link.split("#");
      const target = path === "" ? here : new URL(path, here);
      assert.ok(existsSync(target), `${page} links to ${link}`);
      if (anchor === undefined) continue;
      const linked = read(target.pathname.slice(ROOT.pathname.length));
      const titles = [...linked.matchAll(/^#+ (.*)$/gm)].map(([, title]) => slug(title));
      assert.ok(titles.includes(anchor), `${page} links to ${link}`);
    }
    for (const [, path] of text.matchAll(/`((?:src|tests|scripts|docs)\/[\w./-]+)`/g)) {
      assert.ok(existsSync(new URL(path, ROOT)), `${page} names ${path}`);
    }
  });
}

test("README links each page of the documentation", () => {
  const readme = read("README.md");
  for (const page of PAGES) assert.ok(readme.includes(`](${page})`), page);
});
