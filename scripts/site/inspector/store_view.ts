/// <reference lib="dom" />
/** Shows the files of a store, and what `open` would load from them. */
import { nameOf } from "./dropped_file.ts";
import { make } from "./element.ts";
import type { Excerpt } from "./excerpt.ts";
import { countOf, type Judgement } from "./judge_file.ts";
import type { Load } from "./load_store.ts";
import type { JudgedStore } from "./page.ts";

/** The panel of one store. */
export function showStore({ main, files, load }: JudgedStore): HTMLElement {
  return make(
    "article",
    "store",
    make("h3", "", main.slice(1)),
    make("ul", "", ...files.map(showFile)),
    showLoad(load),
  );
}

function showFile({ file, role, state, details, excerpt }: Judgement): HTMLElement {
  const item = make(
    "li",
    state,
    make("span", "state", state === "other" ? "–" : state),
    make("span", "path", nameOf(file.path)),
    make("span", "role", role),
    make("div", "", `${details}. ${file.bytes.length.toLocaleString("en")} bytes.`),
  );
  if (excerpt !== undefined) item.append(showExcerpt(excerpt));
  return item;
}

function showExcerpt({ before, at, after }: Excerpt): HTMLElement {
  const mark = make("mark", "", at === "" ? "end of file" : at);
  return make("span", "excerpt", before, mark, after);
}

/** What `open` would do, in a sentence. */
export function sentenceOf(load: Load): readonly [verb: string, rest: string] {
  if (load.is === "refused") {
    const { candidates } = load;
    const rest = candidates.length === 0
      ? "no file is usable. Nothing would be changed."
      : `a person has to decide whether to use ${candidates.map(nameOf).join(" or ")}.`;
    return ["refuse", rest];
  }
  if (load.is === "fresh") return ["start empty", "no write ever succeeded."];
  const queues = countOf(load.table.size, "queue");
  const records = load.records === 0
    ? ""
    : ` and ${countOf(load.records, "record")} of the journal`;
  return [
    load.is === "loaded" ? "load" : "recover",
    `${queues} from ${nameOf(load.source!)}${records}.`,
  ];
}

function showLoad(load: Load): HTMLElement {
  const [verb, rest] = sentenceOf(load);
  const separator = load.is === "refused" || load.is === "fresh" ? ": " : " ";
  const faults = load.faults.map(({ path, reason }) =>
    make("li", "", `${nameOf(path)}: ${reason}`)
  );
  const line = make(
    "p",
    "",
    make("code", "", "open"),
    " would ",
    make("strong", "", verb),
    separator + rest,
  );
  return make(
    "div",
    `load ${load.is}`,
    line,
    ...faults.length === 0 ? [] : [make("ul", "", ...faults)],
  );
}
