/** The check of the language finds the habits, and nothing else; the project has none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findHabits, texts } from "../../scripts/language.ts";

/** Words that this file must not hold as they are. */
const [WHO, WHAT, NOR] = ["Who", "What is", "Nor"].map((words) => `${words} `);
const TOLD = "is" + " told";

const found = (text: string) => findHabits("a.ts", text).map(({ line, words }) => [line, words]);

test("language: a sentence with a clause as its subject is found wherever it begins", () => {
  const rest = "asks in the same turn is in it.";
  for (
    const text of [
      `/** ${WHO}${rest} */`,
      `  // ${WHO}${rest}`,
      ` * ${WHO}${rest}`,
      `${WHO}${rest}`,
      `- ${WHO}${rest}`,
      `1. ${WHO}${rest}`,
      `## ${WHO}${rest}`,
      `| ${WHO}${rest} |`,
      `fail("${WHO}${rest}");`,
      `Fine. ${WHO}${rest}`,
    ]
  ) assert.deepEqual(found(text), [[1, "Who"]], text);
  assert.deepEqual(found(`one\n// ${WHAT}wrong\n// Fine. ${NOR}this\n`), [[2, "What is"], [
    3,
    "Nor",
  ]]);
});

test("language: questions, other words and code are left alone", () => {
  for (
    const text of [
      `## ${WHAT}a consumer?`,
      `import type { Open, ${WHO.trim()} } from "./story.ts";`,
      `function f(who: ${WHO}) {}`,
      "// the process who asks; what is wrong there",
      "/** Whole files. Northern ones. */",
      "it told us",
    ]
  ) assert.deepEqual(found(text), [], text);
});

test("language: the passive of tell is found, on two lines of a comment, too", () => {
  assert.deepEqual(found(`// it ${TOLD} once`), [[1, TOLD]]);
  assert.deepEqual(found(`a\n * it ${TOLD.replace(" ", "\n * ")} once`), [[2, TOLD]]);
  assert.deepEqual(found(`a\n // it ${TOLD.replace(" ", "\n // ")} once`), [[2, TOLD]]);
});

test("language: more words that begin a clause, and a value that somebody tells", () => {
  for (const words of ["Whatever", "Whichever", "That" + " it"]) {
    assert.deepEqual(found(`// ${words} holds, it is so.`), [[1, words]]);
  }
  assert.deepEqual(found(`"the root, unless${" "}told"`), [[1, "unless" + " told"]]);
});

test("language: a clause at the beginning of a test's name is found behind the letters", () => {
  for (const words of ["what", "whatever", "that", "of"]) {
    const call = "test" + `("P2 L4 ${words} is so", () => {`;
    assert.deepEqual(found(call), [[1, words]]);
  }
  assert.deepEqual(found("test" + `("P2 a file that is so, of any kind", () => {`), []);
});

test("language: no text of the project has these habits", () => {
  const all = [...texts()];
  assert.ok(all.length > 500, `${all.length} texts`);
  for (const folder of ["src/", "scripts/", "tests/", "examples/", "docs/", "README"]) {
    assert.ok(all.some(([path]) => path.startsWith(folder)), folder);
  }
  assert.deepEqual(all.flatMap(([path, text]) => findHabits(path, text)), []);
});
