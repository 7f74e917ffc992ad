import { readdirSync, readFileSync } from "node:fs";

/** The root of the repository. */
export const ROOT = new URL("../../", import.meta.url);

/** The TypeScript files of a folder, by their paths from the root. */
export function sources(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT), { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory()) return sources(`${path}/`);
    return path.endsWith(".ts") ? [path] : [];
  });
}

/** Without comments: examples in the documentation import the package by its name. */
export const code = (text: string): string =>
  text.replace(/\/\*\*?[^*][\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

/** All that a text imports; `import()` of anything but a literal shows as an empty specifier. */
export function specifiers(text: string): string[] {
  const from = /\bfrom\s*["']([^"']*)["']|\bimport\s*["']([^"']*)["']/g;
  const call = /\b(?:import|require)\s*\(\s*(?:["']([^"']*)["'])?/g;
  const all = [...code(text).matchAll(from), ...code(text).matchAll(call)];
  return all.map(([, a, b]) => a ?? b ?? "");
}

/** The text of a file, by its path from the root. */
export const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");
