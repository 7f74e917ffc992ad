/// <reference lib="dom" />
import { element, make } from "./element.ts";
import { type Column, COLUMNS, differenceOf, type Row } from "./rows.ts";

const TITLES: Readonly<Record<Column, string>> = {
  topic: "Topic",
  brokerName: "Broker",
  queueId: "Queue",
  offset: "Offset",
  other: "Compared",
  difference: "Difference",
};

const NUMBERS: readonly Column[] = ["queueId", "offset", "other", "difference"];

/** The height of a row in the style sheet. */
const ROW_HEIGHT = 28;

/** Rows that are drawn above and below the visible ones. */
const MARGIN = 20;

/** The order of the rows. */
export interface Sort {
  readonly column: Column;
  readonly direction: "up" | "down";
}

/** A long table of which only the visible rows are in the page. */
export class RowList {
  readonly #scroller = element("scroller", HTMLElement);
  readonly #table = element("table", HTMLTableElement);
  readonly #sortBy: (column: Column) => void;
  #rows: readonly Row[] = [];
  #columns: readonly Column[] = COLUMNS;

  constructor(sortBy: (column: Column) => void) {
    this.#sortBy = sortBy;
    this.#scroller.addEventListener("scroll", () => this.#draw());
    addEventListener("resize", () => this.#draw());
  }

  show(rows: readonly Row[], isCompared: boolean, sort: Sort): void {
    this.#rows = rows;
    this.#columns = isCompared ? COLUMNS : COLUMNS.slice(0, 4);
    this.#table.classList.toggle("compared", isCompared);
    this.#table.tHead!.replaceChildren(this.#heading(sort));
    this.#scroller.scrollTop = 0;
    this.#draw();
  }

  #heading(sort: Sort): HTMLElement {
    return make(
      "tr",
      "",
      ...this.#columns.map((column) => {
        const arrow = sort.column !== column ? "" : sort.direction === "up" ? " ▲" : " ▼";
        const button = make("button", "", TITLES[column] + arrow);
        button.addEventListener("click", () => this.#sortBy(column));
        const cell = make("th", `${column} ${NUMBERS.includes(column) ? "number" : ""}`, button);
        if (arrow !== "") cell.ariaSort = sort.direction === "up" ? "ascending" : "descending";
        return cell;
      }),
    );
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const count = Math.ceil(clientHeight / ROW_HEIGHT) + 2 * MARGIN;
    const last = Math.max(0, this.#rows.length - count);
    // An even number keeps the stripes where they are.
    const from = Math.min(last, Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN)) & ~1;
    const rows = this.#rows.slice(from, from + count + 1);
    const below = this.#rows.length - from - rows.length;
    this.#table.tBodies[0].replaceChildren(
      this.#space(from),
      ...rows.map((row) => this.#row(row)),
      this.#space(below),
    );
  }

  /** An empty row as high as the rows that are left out. */
  #space(rows: number): HTMLElement {
    const cell = document.createElement("td");
    cell.colSpan = this.#columns.length;
    cell.style.height = `${rows * ROW_HEIGHT}px`;
    return make("tr", "space", cell);
  }

  #row(row: Row): HTMLElement {
    const isDifferent = this.#columns.includes("other") && row.offset !== row.other;
    return make(
      "tr",
      isDifferent ? "different" : "",
      ...this.#columns.map((column) => {
        const text = textOf(row, column);
        const cell = make("td", NUMBERS.includes(column) ? "number" : "", text);
        cell.title = text;
        return cell;
      }),
    );
  }
}

function textOf(row: Row, column: Column): string {
  if (column !== "difference") return String(row[column] ?? "–");
  const difference = differenceOf(row);
  return difference === undefined ? "–" : difference > 0n ? `+${difference}` : String(difference);
}
