/** Where the specification says what a clause asks for. */
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The page, as its path in the project. */
export const SPECIFICATION = "docs/specification.md";

/** The heading of each family of clauses, as the anchor of a link. */
const SECTIONS: Record<string, string> = {
  U: "update-u",
  R: "read-r",
  D: "removal-d",
  S: "text-s",
  L: "load-l",
  P: "persist-p",
  G: "layout-g",
};

/** The section of a clause: `docs/specification.md#persist-p`. */
export function sectionOf(id: string): string {
  return `${SPECIFICATION}#${SECTIONS[id[0]]}`;
}

/** The beginning of a link from a page: the project's URL, or a relative path to the project. */
export function linkPrefix(page: string, project = new URL("../../", import.meta.url)): string {
  if (project.protocol !== "file:") return project.href;
  const path = relative(dirname(page), fileURLToPath(project)).replaceAll("\\", "/");
  return path === "" ? "" : `${path.split("/").map(encodeURIComponent).join("/")}/`;
}
