import { basename } from "node:path";
import { type Io, paint } from "../lib/io.ts";
import { QUEUE_COLUMNS, queueCells } from "../offsets/output/queue_columns.ts";
import { formatTable } from "../lib/table.ts";
import { type Comparison, isLost, type Kill } from "./kill_and_return.ts";
import type { TornBoth, TornMain } from "./tear.ts";

/** Shows the demo as it goes, or all of it as JSON at the end. */
export class Report {
  readonly #io: Io;
  readonly #json: boolean;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.#json = json;
  }

  begin(queues: number, kills: number): void {
    const times = kills === 1 ? "once" : `${kills} times`;
    this.#title(`1  A consumer of ${queues} queues persists all the time, and is killed ${times}`);
  }

  kill(number: number, { persists, unfinishedWrite, queues }: Kill): void {
    if (number > 1) this.#print("");
    const during = unfinishedWrite ? ", in the middle of a write" : "";
    this.#print(`Kill ${number}, after ${persists} acknowledged persists${during}:`);
    this.#table(queues, "ACKNOWLEDGED", "FOUND AFTER");
    this.#verdict(!queues.some(isLost), "nothing acknowledged was lost", "offsets were LOST");
  }

  tornMain({ cutTo, length, outcome, queues, recovered, keptAs }: TornMain): void {
    this.#title(`2  The main file is torn: cut to ${cutTo} of its ${length} bytes`);
    const { kind, source, faults } = outcome;
    this.#print(`loadOutcome.kind    ${kind}`);
    this.#print(`loadOutcome.source  ${source === undefined ? "none" : basename(source)}`);
    faults.forEach((fault) => this.#print(`loadOutcome.faults  ${faultLine(fault)}`));
    this.#table(queues, "BEFORE", "FOUND AFTER");
    this.#verdict(
      recovered,
      "the generation before it was found whole, in the backup",
      "the backup was NOT recovered",
    );
    if (keptAs !== undefined) {
      this.#print(`close() wrote a new main file; the torn one is kept, as evidence, in`);
      this.#print(`  ${basename(keptAs)}`);
    }
  }

  tornBoth({ error, faults, untouched }: TornBoth): void {
    this.#title(`3  Main file and backup are torn`);
    this.#print(`open() throws  ${error ?? "nothing"}`);
    faults.forEach((fault) => this.#print(`error.faults   ${faultLine(fault)}`));
    this.#verdict(
      error !== undefined && untouched,
      "nothing was reset silently, both files are as they were",
      "the offsets were RESET without a word",
    );
  }

  end(good: boolean, kills: readonly Kill[], tornMain: TornMain, tornBoth: TornBoth): void {
    const persists = kills.reduce((sum, kill) => sum + kill.persists, 0);
    if (this.#json) {
      const value = { lost: !good, persists, kills, tornMain, tornBoth };
      const text = (_: string, each: unknown) => typeof each === "bigint" ? `${each}` : each;
      this.#io.out(JSON.stringify(value, text, 2) + "\n");
      return;
    }
    const count = kills.length === 1 ? "1 kill" : `${kills.length} kills`;
    const last = good
      ? paint(this.#io, "green", "Nothing acknowledged was lost")
      : paint(this.#io, "red", "The demo FAILED");
    this.#io.out(`\n${last}: ${count}, ${persists} acknowledged persists, torn files.\n`);
  }

  #title(text: string): void {
    if (!this.#json) this.#io.out("\n" + paint(this.#io, "bold", text) + "\n\n");
  }

  #print(line: string): void {
    if (!this.#json) this.#io.out(line === "" ? "\n" : `   ${line}\n`);
  }

  #verdict(good: boolean, yes: string, no: string): void {
    this.#print(good ? paint(this.#io, "green", `ok: ${yes}`) : paint(this.#io, "red", no));
  }

  #table(queues: readonly Comparison[], before: string, after: string): void {
    const columns = [
      ...QUEUE_COLUMNS,
      { title: before, align: "right" },
      { title: after, align: "right" },
    ] as const;
    const rows = queues.map((queue) => [
      ...queueCells(queue),
      String(queue.before),
      String(queue.after),
    ]);
    const text = formatTable(
      columns,
      rows,
      (cell, row) => row < 0 ? paint(this.#io, "dim", cell) : cell,
    );
    text.trimEnd().split("\n").forEach((line) => this.#print(line));
  }
}

function faultLine({ path, reason }: { readonly path: string; readonly reason: string }): string {
  return `${basename(path)}: ${reason}`;
}
