import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { code, read, ROOT, sources, specifiers } from "./sources.ts";

/** What would make the core depend on anything but its arguments. */
const AMBIENT = new RegExp(
  String.raw`\b(?:Deno|Bun|process|globalThis|window|self|document|navigator|console|fetch|Date|` +
    String.raw`performance|crypto|setTimeout|setInterval|queueMicrotask|localStorage|Intl|` +
    String.raw`async|await|Promise)\b|\bMath\.random\b|\blocaleCompare\b|\btoLocale\w+`,
);

test("purity: the check sees every way to import and every effect", () => {
  const text = [
    'import a, { b } from "./a.ts";',
    "import type { c } from './c.ts';",
    'import "d";',
    'export * from "e";',
    'export { f } from"f";',
    'const g = await import("g");',
    "const h = await import(name);",
    'const i = require("i");',
    '/** import { x } from "x"; */',
    ' * not code but no comment either: import "y"',
    '// import "z";',
  ].join("\n");
  assert.deepEqual(specifiers(text).sort(), ["", "./a.ts", "./c.ts", "d", "e", "f", "g", "i", "y"]);
  for (const effect of ["Deno.cwd()", "new Date()", "Math.random()", "process.env", "await x"]) {
    assert.match(effect, AMBIENT);
  }
  assert.doesNotMatch("Math.max(1, 2); update()", AMBIENT);
});

const core = sources("src/core/");

test("purity: src/core has its files", () => {
  for (const name of ["mod", "rules/apply_update", "format/parse", "format/serialize"]) {
    assert.ok(core.includes(`src/core/${name}.ts`), name);
  }
});

for (const path of core) {
  test(`purity: ${path} imports nothing from outside the folder, and has no effects`, () => {
    for (const specifier of specifiers(read(path))) {
      const target = new URL(specifier, new URL(path, ROOT)).pathname;
      assert.match(specifier, /^\.\.?\/[a-z0-9_/.]+\.ts$/);
      assert.ok(target.startsWith(`${ROOT.pathname}src/core/`), `${specifier} leaves src/core`);
    }
    assert.doesNotMatch(code(read(path)), AMBIENT);
  });
}

for (const path of ["mod.ts", ...sources("src/")]) {
  test(`purity: ${path} needs nothing that must be downloaded`, () => {
    for (const specifier of specifiers(read(path))) {
      assert.match(specifier, /^(?:\.\.?\/[a-z0-9_/.]+\.ts|node:[a-z0-9_/]+)$/);
      if (specifier.startsWith(".")) {
        const target = new URL(specifier, new URL(path, ROOT));
        const inside = target.pathname.slice(ROOT.pathname.length);
        assert.ok(/^(?:mod\.ts$|src\/)/.test(inside), `${specifier} leaves src`);
        assert.ok(readFileSync(target).length > 0);
      }
    }
  });
}
