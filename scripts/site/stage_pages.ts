/** Copies the pages of the repository, as the generator of the site wants them. */
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";

/** The pages that the others are found from. */
const START = ["README.md", "README.zh-CN.md"];

const LINK = /(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)/g;

/** A group of pages in the sidebar. */
export interface Group {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** The path of a page in the site: a README is the index of its folder. */
export const sitePath = (path: string): string => path.replace(/(^|\/)README\.md$/, "$1index.md");

/**
 * Copies the READMEs and every page and picture that they lead to.
 *
 * A link to anything else, such as a program, becomes its text.
 *
 * @param root The folder of the repository.
 * @param folder Where to write the pages.
 * @returns The paths of the pages in the repository.
 */
export async function stagePages(
  root: string,
  folder: string,
): Promise<string[]> {
  const pages = [...START];
  const pictures = new Set<string>();
  for (const page of pages) {
    const text = await readFile(join(root, page), "utf8");
    for (const target of targetsOf(text, page)) {
      if (target.endsWith(".svg") || target.endsWith(".png")) {
        pictures.add(target);
      } else if (target.endsWith(".md") && !pages.includes(target)) {
        pages.push(target);
      }
    }
  }
  const isStaged = (path: string) => pages.includes(path) || pictures.has(path);
  for (const page of pages) {
    const text = await readFile(join(root, page), "utf8");
    await write(
      join(folder, sitePath(page)),
      withSiteLinks(text, page, isStaged),
    );
  }
  for (const picture of pictures) {
    await mkdir(dirname(join(folder, picture)), { recursive: true });
    await copyFile(join(root, picture), join(folder, picture));
  }
  await write(
    join(folder, "sidebar.json"),
    JSON.stringify(await sidebar(root)),
  );
  return pages;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const isElsewhere = (target: string) => target === "" || /^[a-z]+:/.test(target);

function targetsOf(text: string, page: string): string[] {
  return [...text.matchAll(LINK)].map(([, , , target]) => target).filter((
    target,
  ) => !isElsewhere(target)).map((target) => posix.join(posix.dirname(page), target));
}

/** The text with links that lead to other pages of the site. */
export function withSiteLinks(
  text: string,
  page: string,
  isStaged: (path: string) => boolean,
): string {
  return text.replace(LINK, (link, picture, label, target, anchor = "") => {
    if (isElsewhere(target)) return link;
    if (!isStaged(posix.join(posix.dirname(page), target))) return label;
    return `${picture}[${label}](${sitePath(target)}${anchor})`;
  });
}

/** The groups of the index, each page with its own title. */
async function sidebar(root: string): Promise<Group[]> {
  const index = await readFile(join(root, "docs", "README.md"), "utf8");
  const groups: Group[] = [];
  for (const section of index.split(/^## /m).slice(1)) {
    const items = [];
    for (const target of targetsOf(section, "docs/README.md")) {
      await stat(join(root, target));
      const title = /^# (.*)$/m.exec(await readFile(join(root, target), "utf8"))![1];
      items.push({
        text: title,
        link: `/${sitePath(target).replace(/(index)?\.md$/, "")}`,
      });
    }
    groups.push({ text: section.split("\n")[0], items });
  }
  return groups;
}
