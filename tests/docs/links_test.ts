/** The links and the paths on the pages of the documentation lead somewhere. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { read, ROOT } from "../architecture/sources.ts";

/** The pages outside docs/ that only the README and the index link. */
const META = ["README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];

const PAGES = [
  ...META,
  ...readdirSync(new URL("docs/", ROOT)).filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "tests/README.md",
];

const slug = (title: string) =>
  title.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");

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

test("the README links the other pages at the top", () => {
  for (const page of META.slice(1)) assert.ok(read("README.md").includes(`](${page})`), page);
});

test("the index links each page of the documentation", () => {
  const index = read("docs/README.md");
  for (const page of PAGES.filter((page) => ![...META, "docs/README.md"].includes(page))) {
    const link = page.startsWith("docs/") ? page.slice("docs/".length) : `../${page}`;
    assert.ok(index.includes(`](${link})`), page);
  }
});
