/** docs/architecture.md against the plan of a commit and the folders. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { main, PAGES } from "../../scripts/docs.ts";
import { withGeneratedBlock } from "../../scripts/docs/generated_block.ts";
import { JOURNALS, MAINS, stepIn, stepTable } from "../../scripts/docs/step_table.ts";
import type { CommitRequest } from "../../src/core/commit_plan.ts";
import { nextStep } from "../../src/core/commit_plan.ts";
import type { FilesState } from "../../src/core/files_state.ts";
import { read, ROOT } from "../architecture/sources.ts";
import { runMain } from "../soak/run_main.ts";

const TEXT = read("docs/architecture.md");
const CHANGES: CommitRequest["changes"][] = ["untouched", "none", "few", "many", "deletions"];

function* states(journaling: "on" | "off"): Generator<FilesState<string>> {
  for (const main of Object.values(MAINS)) {
    for (const journal of Object.values(JOURNALS)) yield { main, journal, journaling };
  }
}

test("the page has the table that the plan gives", () => {
  assert.equal(withGeneratedBlock(TEXT, stepTable()), TEXT, "run `deno task docs`");
  const lines = stepTable().trimEnd().split("\n");
  assert.ok(lines.length > 20 && lines.length <= 40, `${lines.length} lines`);
  assert.deepEqual(lines.filter((line) => line.length > 100), []);
});

test("the task tells that the page is up to date, and refuses one without exactly one block", async () => {
  const { code, out } = await runMain(main, ["--check"]);
  assert.deepEqual([code, out], [0, PAGES.map(({ path }) => `${path} is up to date\n`).join("")]);
  assert.match(withGeneratedBlock(TEXT, "new\n"), /```text\nnew\n```/);
  for (const page of ["", TEXT + TEXT, TEXT.replace("<!-- End", "<!--")]) {
    assert.throws(() => withGeneratedBlock(page, "new\n"), /does not have exactly one$/);
  }
});

test("the page explains each state of main and of the journal", () => {
  for (const [title, names] of [["Main", MAINS], ["Journal", JOURNALS]] as const) {
    const [, rows] = new RegExp(`^\\| ${title} .*\n\\|.*\n((?:\\|.*\n)+)`, "m").exec(TEXT)!;
    assert.deepEqual(
      [...rows.matchAll(/^\| (\w+)/gm)].map(([, word]) => word),
      Object.keys(names),
    );
  }
});

test("the cases that the table leaves out are as the page says", () => {
  for (const state of states("on")) {
    const told = JSON.stringify(state);
    for (const changes of CHANGES) {
      for (const onConflict of ["throw", "merge"] as const) {
        const first = nextStep(state, "unseen", { changes, purpose: "persist", onConflict });
        const needsNoLook = onConflict === "throw" && changes === "few" &&
          state.main.is === "valid" && state.journal.is === "open";
        assert.equal(first.do, needsNoLook ? "append" : "look", told);
        const changed = nextStep(state, "changed", { changes, purpose: "persist", onConflict });
        assert.equal(changed.do, "read the change", told);
      }
      const outgrown = stepIn({ ...state, journal: JOURNALS.full }, {
        changes,
        purpose: "compact",
      });
      assert.equal(outgrown.do, "snapshot", told);
    }
    for (const changes of ["few", "many", "deletions"] as const) {
      assert.equal(stepIn(state, { changes, purpose: "close" }).do, "snapshot", told);
    }
  }
  const idle = { main: MAINS.valid, journal: JOURNALS.absent, journaling: "off" } as const;
  const close = { changes: "untouched", purpose: "close", onConflict: "throw" } as const;
  assert.equal(nextStep(idle, "changed", close).do, "nothing");
});

test("a store without a journal differs in two points from the table", () => {
  let [begun, unnumbered] = [0, 0];
  for (const state of states("on")) {
    for (const changes of CHANGES) {
      for (const purpose of ["persist", "close"] as const) {
        const on = stepIn(state, { changes, purpose });
        const off = stepIn({ ...state, journaling: "off" }, { changes, purpose });
        if (on.do === "append" && on.begin !== undefined) {
          begun++;
          assert.equal(off.do, "snapshot");
        } else if (on.do === "snapshot" && on.generation === 1) {
          unnumbered++;
          assert.deepEqual(off, { ...on, generation: undefined });
        } else assert.deepEqual(off, on);
      }
    }
  }
  assert.ok(begun > 0 && unnumbered > 0);
});

test("the page names each folder and file at the top of the core and of the file store", () => {
  const [, list] = /^## The folders\n\n```text\n([^]*?)^```$/m.exec(TEXT)!;
  for (const [folder, until] of [["src/core", "src/file"], ["src/file", "src/remote"]]) {
    const part = list.slice(list.indexOf(`${folder}/`), list.indexOf(`${until}/`));
    const named = [...part.matchAll(/^ {2}([\w.]+)/gm)].map(([, name]) => name);
    const there = readdirSync(new URL(`${folder}/`, ROOT)).filter((name) => name !== "mod.ts");
    assert.deepEqual(named.sort(), there.sort());
  }
  for (const [, folder] of list.matchAll(/^([\w/]+\/)\s/gm)) readdirSync(new URL(folder, ROOT));
});

test("the drawing names folders and files that exist", () => {
  const drawing = read("docs/architecture.svg");
  const named = [...drawing.matchAll(/class="name"[^>]*>([^<]+)</g)].flatMap(([, name]) =>
    name.split(", ")
  );
  assert.ok(named.length >= 8, named.join());
  for (const name of named) {
    assert.ok(existsSync(new URL(name.startsWith("src/") ? name : `src/core/${name}`, ROOT)), name);
  }
});
