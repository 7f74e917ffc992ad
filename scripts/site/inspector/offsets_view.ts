/// <reference lib="dom" />
import type { OffsetTable } from "../../../src/core/table/offset_table.ts";
import { element } from "./element.ts";
import type { JudgedStore } from "./page.ts";
import { RowList } from "./row_list.ts";
import { type Column, type Row, rowsOf, viewOf } from "./rows.ts";

/** The part of the page that shows a table, or the difference between two. */
export class OffsetsView {
  readonly #section = element("offsets", HTMLElement);
  readonly #shown = element("shown", HTMLSelectElement);
  readonly #compared = element("compared", HTMLSelectElement);
  readonly #filter = element("filter", HTMLInputElement);
  readonly #different = element("different", HTMLInputElement);
  readonly #count = element("count", HTMLElement);
  readonly #list = new RowList((column) => this.#sortBy(column));
  #tables = new Map<string, OffsetTable>();
  #rows: readonly Row[] = [];
  #sort: { readonly column: Column; readonly direction: "up" | "down" } = {
    column: "topic",
    direction: "up",
  };

  constructor() {
    for (const select of [this.#shown, this.#compared]) {
      select.addEventListener("change", () => this.#choose());
    }
    for (const input of [this.#filter, this.#different]) {
      input.addEventListener("input", () => this.#draw());
    }
  }

  /** Offers the tables of these stores, first those that `open` would load. */
  show(stores: readonly JudgedStore[]): void {
    this.#tables = tablesOf(stores);
    this.#section.hidden = this.#tables.size === 0;
    const names = [...this.#tables.keys()];
    fill(this.#shown, names);
    fill(this.#compared, ["", ...names]);
    this.#choose();
  }

  #choose(): void {
    const other = this.#tables.get(this.#compared.value);
    const table = this.#tables.get(this.#shown.value);
    this.#rows = table === undefined ? [] : rowsOf(table, other);
    element("different-label", HTMLElement).hidden = other === undefined;
    this.#draw();
  }

  #sortBy(column: Column): void {
    const isSame = this.#sort.column === column;
    this.#sort = { column, direction: isSame && this.#sort.direction === "up" ? "down" : "up" };
    this.#draw();
  }

  #draw(): void {
    const isCompared = this.#compared.value !== "";
    const view = viewOf(this.#rows, {
      filter: this.#filter.value,
      sort: this.#sort.column,
      direction: this.#sort.direction,
      onlyDifferent: isCompared && this.#different.checked,
    });
    const [shown, all] = [view.length, this.#rows.length].map((n) => n.toLocaleString("en"));
    const differences = this.#rows.filter((row) => row.offset !== row.other).length;
    this.#count.textContent = `${shown} of ${all} queues` +
      (isCompared ? `, ${differences.toLocaleString("en")} differ` : "");
    this.#list.show(view, isCompared, this.#sort);
  }
}

/** The tables by the names that the page gives them. */
function tablesOf(stores: readonly JudgedStore[]): Map<string, OffsetTable> {
  const tables = new Map<string, OffsetTable>();
  for (const { main, load } of stores) {
    if (load.is !== "refused" && load.is !== "fresh") {
      tables.set(`${main.slice(1)}, as open would load it`, load.table);
    }
  }
  for (const { file, table } of stores.flatMap(({ files }) => files)) {
    if (table !== undefined) tables.set(file.path.slice(1), table);
  }
  return tables;
}

function fill(select: HTMLSelectElement, names: readonly string[]): void {
  const before = select.value;
  select.replaceChildren(...names.map((name) => new Option(name === "" ? "nothing" : name, name)));
  if (names.includes(before)) select.value = before;
}
