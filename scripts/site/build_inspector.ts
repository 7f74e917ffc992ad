/** Builds the inspector: one HTML file with its style and its program in it. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

const FOLDER = new URL("./inspector/", import.meta.url);
const SHIMS = new URL("./shims/", import.meta.url);

/** The longest page that a change may lead to without a decision: it is read by phones. */
export const MOST_BYTES = 64 * 1024;

/**
 * The text of the page.
 *
 * @throws {Error} If esbuild refuses the sources: a `node:` built-in without a shim, for example.
 */
export async function buildInspector(): Promise<string> {
  const page = await readFile(new URL("page.html", FOLDER), "utf8");
  const style = await minified("style.css");
  const script = await minified("page.ts");
  // A function, since a string may hold `$&`.
  return page.replace("/* STYLE */", () => style.trim())
    .replace("/* SCRIPT */", () => script.trim().replaceAll("</script", "<\\/script"));
}

async function minified(name: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(name, FOLDER))],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      charset: "utf8",
      logLevel: "silent",
      alias: Object.fromEntries(
        ["os", "path", "process", "timers/promises"].map((module) => [
          `node:${module}`,
          fileURLToPath(new URL(`node_${module.replace("/", "_")}.ts`, SHIMS)),
        ]),
      ),
    });
    return outputFiles[0].text;
  } finally {
    // The service that esbuild starts would keep Deno from ending.
    await stop();
  }
}
