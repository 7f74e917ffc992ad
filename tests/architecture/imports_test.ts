import assert from "node:assert/strict";
import { test } from "node:test";
import { read, sources, specifiers } from "./sources.ts";

/** The folders of the file store, from the outermost to the innermost; imports go inwards only. */
const LAYERS = ["store", "commit", "recovery", "fs", "errors"];
/** The folders of the core: the format is built from tables, the rules work on both. */
const CORE_LAYERS = ["rules", "format", "table"];

/** Where a file stands: the folder of a layer, or "" for a file that every layer may use. */
function layerOf(path: string, root: string): string {
  const rest = path.slice(root.length).split("/");
  return rest.length === 1 ? "" : rest[0];
}

function* importsOf(path: string): Generator<string> {
  for (const specifier of specifiers(read(path))) {
    if (specifier.startsWith(".")) yield new URL(specifier, `file:///${path}`).pathname.slice(1);
  }
}

for (const [root, layers] of [["src/file/", LAYERS], ["src/core/", CORE_LAYERS]] as const) {
  test(`imports in ${root} go one way: ${layers.join(" → ")}`, () => {
    let inner = 0;
    for (const path of sources(root)) {
      const layer = layerOf(path, root);
      if (layer === "") continue;
      assert.ok(layers.includes(layer), `${path} is in a folder that is no layer`);
      for (const target of importsOf(path)) {
        if (!target.startsWith(root)) continue;
        const to = layerOf(target, root);
        if (to === "") continue;
        assert.ok(layers.indexOf(to) >= layers.indexOf(layer), `${path} imports ${target}`);
        inner++;
      }
    }
    assert.ok(inner > 10, "the check saw no imports");
  });
}

test("product code never imports from tests/", () => {
  const product = ["mod.ts", ...sources("src/"), ...sources("scripts/")];
  assert.ok(product.length > 200);
  for (const path of product) {
    for (const target of importsOf(path)) {
      assert.ok(!target.startsWith("tests/"), `${path} imports ${target}`);
    }
  }
});

test("src imports nothing from scripts, and the file store nothing but itself and the core", () => {
  for (const path of ["mod.ts", ...sources("src/")]) {
    for (const target of importsOf(path)) {
      assert.ok(target.startsWith("src/"), `${path} imports ${target}`);
    }
  }
  for (const path of sources("src/file/")) {
    for (const target of importsOf(path)) {
      assert.match(target, /^src\/(?:core|file)\//, `${path} imports ${target}`);
    }
  }
});
