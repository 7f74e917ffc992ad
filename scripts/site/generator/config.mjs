/** The configuration of VitePress; `stage_pages.ts` writes the file with the sidebar. */
import { readFileSync } from "node:fs";

const sidebar = JSON.parse(
  readFileSync(new URL("../sidebar.json", import.meta.url), "utf8"),
);

/** GitHub's names of headings, which the links on the pages use. */
const slugify = (title) =>
  title.trim().toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(
    " ",
    "-",
  );

/** Vue takes two braces in a text for the start of an expression; the pages have none. */
function withoutExpressions({ renderer }) {
  for (const rule of ["text", "code_inline"]) {
    const render = renderer.rules[rule];
    renderer.rules[rule] = (...tokens) => render(...tokens).replaceAll("{{", "&#123;&#123;");
  }
}

/** Chinese has no spaces between its words: each of its characters is a word of the search. */
const tokenize = (text) => text.match(/\p{Script=Han}|[^\p{Script=Han}\p{Z}\p{P}\p{Cc}]+/gu) ?? [];

export default {
  title: "Offset store",
  description: "RocketMQ's local offset store for Deno, Bun and Node",
  lang: "en",
  markdown: { anchor: { slugify }, toc: { slugify }, config: withoutExpressions },
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  head: [["link", { rel: "icon", href: "data:," }]],
  themeConfig: {
    nav: [
      { text: "Documentation", link: "/docs/" },
      { text: "Reference", link: "/reference/index.html", target: "_self" },
      { text: "Inspector", link: "/inspector.html", target: "_self" },
      { text: "简体中文", link: "/README.zh-CN" },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: "local", options: { miniSearch: { options: { tokenize } } } },
  },
};
