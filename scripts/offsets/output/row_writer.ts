import type { MessageQueue, Offset } from "../../../mod.ts";
import { escape, escapeJson } from "../../lib/escape.ts";
import { type Io, paint } from "../../lib/io.ts";
import { cellsOf } from "../../lib/table.ts";
import { csvRow, FIELDS } from "../exchange/csv.ts";
import { jsonEntry } from "./json_output.ts";

type Entry = readonly [MessageQueue, Offset];

/** Prints the queues of a table as they come, so that a long one need not be in memory. */
export interface RowWriter {
  /** Prints some rows; the first ones with what comes before them. */
  rows(entries: readonly Entry[]): void;
  /**
   * Prints what comes behind the last row.
   *
   * @param summary The same for a person.
   * @param members The same for a program.
   */
  end(summary: string, members: Readonly<Record<string, unknown>>): void;
}

/** Aligned columns. The first batch tells how wide they are; a later row may be wider. */
export class TableWriter implements RowWriter {
  readonly #io: Io;
  /** Of the topic, the broker, the queue and the offset. */
  #widths: readonly number[] | undefined;
  #last: MessageQueue | undefined;
  #names = "";

  constructor(io: Io) {
    this.#io = io;
  }

  rows(entries: readonly Entry[]): void {
    const widths = this.#widths ?? this.#begin(entries);
    let text = "";
    for (const [mq, offset] of entries) {
      const { topic, brokerName, queueId } = mq;
      // Neighbours mostly have the same names.
      if (topic !== this.#last?.topic || brokerName !== this.#last.brokerName) {
        this.#names = pad(escape(topic), widths[0]) + pad(escape(brokerName), widths[1]);
        this.#last = mq;
      }
      text += this.#names + String(queueId).padStart(widths[2]) +
        String(offset).padStart(widths[3] + 2) + "\n";
    }
    this.#io.out(text);
  }

  end(summary: string): void {
    if (this.#widths === undefined) this.#begin([]);
    this.#io.out(summary);
  }

  #begin(entries: readonly Entry[]): readonly number[] {
    const widths = TITLES.map((title) => title.length);
    for (const [{ topic, brokerName, queueId }, offset] of entries) {
      [escape(topic), escape(brokerName), String(queueId), String(offset)]
        .forEach((cell, c) => widths[c] = Math.max(widths[c], cellsOf(cell)));
    }
    const [topic, broker, queue, offset] = TITLES.map((title) => paint(this.#io, "bold", title));
    this.#io.out(
      topic + pad("", widths[0] - TITLES[0].length) + broker +
        pad("", widths[1] - TITLES[1].length) + " ".repeat(widths[2] - TITLES[2].length) + queue +
        " ".repeat(widths[3] - TITLES[3].length + 2) + offset + "\n",
    );
    return this.#widths = widths;
  }
}

const TITLES = ["TOPIC", "BROKER", "QUEUE", "OFFSET"] as const;

/** A cell that is aligned at the left, and the gap behind it. */
function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - cellsOf(text)) + 2);
}

/** One JSON object, with a queue on each line. */
export class JsonWriter implements RowWriter {
  readonly #io: Io;
  #before: string;

  /** @param head The members that are known before the rows. */
  constructor(io: Io, head: Readonly<Record<string, unknown>>) {
    this.#io = io;
    const members = JSON.stringify(head, undefined, 2).slice(0, -2);
    this.#before = escapeJson(`${members},\n  "offsets": [`) + "\n    ";
  }

  rows(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const lines = entries.map((entry) => JSON.stringify(jsonEntry(entry)));
    this.#io.out(this.#before + escapeJson(lines.join(",\n    ")));
    this.#before = ",\n    ";
  }

  end(_: string, members: Readonly<Record<string, unknown>>): void {
    const isEmpty = !this.#before.startsWith(",");
    const begin = isEmpty ? this.#before.trimEnd() + "]" : "\n  ]";
    const rest = JSON.stringify(members, undefined, 2).slice(1);
    this.#io.out(begin + "," + escapeJson(rest) + "\n");
  }
}

/** CSV, whose first line names the columns. */
export class CsvWriter implements RowWriter {
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
    io.out(`${FIELDS.join(",")}\n`);
  }

  rows(entries: readonly Entry[]): void {
    this.#io.out(entries.map(csvRow).join(""));
  }

  end(): void {}
}
