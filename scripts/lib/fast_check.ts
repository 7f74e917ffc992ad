import type * as FastCheck from "fast-check";

// A program that Deno runs from a URL has no import map, and Bun and Node know no `npm:`.
const specifier = "Deno" in globalThis ? "npm:fast-check@^4.5.0" : "fast-check";
const { default: loaded }: typeof FastCheck = await import(specifier);

/** fast-check, for scripts that also run from a URL. Its types come from `"fast-check"`. */
export const fc = loaded;
