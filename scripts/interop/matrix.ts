import { type Color, type Io, paint } from "../lib/io.ts";
import { formatTable } from "../lib/table.ts";
import type { Client } from "./clients.ts";
import type { Report } from "./conformance.ts";
import type { FileCheck } from "./file_checks.ts";

/** All that was found out about a client. */
export interface Outcome {
  readonly id: string;
  readonly state: "checked" | "skipped" | "failed";
  /** Why it was skipped or failed. */
  readonly why?: string;
  readonly files?: readonly FileCheck[];
  readonly report?: Report;
}

/** Whether a check that the client is expected to pass went wrong. */
export function disagrees({ id, agreed, of }: FileCheck, client: Client): boolean {
  const form = /^reads (go|java)/.exec(id)?.[1];
  const isExpected = form === undefined || client.reads.some((each) => each === form);
  return isExpected && agreed < of;
}

/** The files that were handed over, a line for each client. */
export function fileTable(
  outcomes: readonly Outcome[],
  clients: readonly Client[],
  io: Io,
): string {
  const checked = outcomes.filter(({ files }) => files !== undefined);
  if (checked.length === 0) return "";
  const ids = checked[0].files!.map(({ id }) => id);
  const columns = [{ title: "CLIENT" }, ...ids.map((id) => ({ title: id.toUpperCase() }))];
  const rows = checked.map(({ id, files }) => [
    id,
    ...files!.map(({ agreed, of }) => agreed === of ? `all ${of}` : `${agreed} of ${of}`),
  ]);
  return formatTable(columns, rows, (text, row, column) => {
    if (row < 0 || column === 0) return text;
    const client = clients.find(({ id }) => id === checked[row].id)!;
    const check = checked[row].files![column - 1];
    return paint(io, color(check, client), text);
  });
}

function color(check: FileCheck, client: Client): Color {
  if (check.agreed === check.of) return "green";
  return disagrees(check, client) ? "red" : "yellow";
}

const SHOWN = {
  holds: ["holds", "green"],
  fails: ["FAILS", "red"],
  differs: ["differs", "yellow"],
  vacuous: ["VACUOUS", "red"],
  unsupported: ["none", "dim"],
  "not shown": ["not shown", "dim"],
} as const;

/** Clauses down, clients across. */
export function matrix(outcomes: readonly Outcome[], io: Io): string {
  const reported = outcomes.filter(({ report }) => report !== undefined);
  if (reported.length === 0) return "";
  const ids = [...new Set(reported.flatMap(({ report }) => report!.results.map(({ id }) => id)))];
  const state = (clause: string, outcome: Outcome) =>
    outcome.report!.results.find(({ id }) => id === clause)?.state ?? "not shown";
  const columns = [{ title: "CLAUSE" }, ...reported.map(({ id }) => ({ title: id }))];
  const rows = ids.map((id) => [id, ...reported.map((outcome) => SHOWN[state(id, outcome)][0])]);
  return formatTable(columns, rows, (text, row, column) => {
    if (row < 0 || column === 0) return text;
    return paint(io, SHOWN[state(ids[row], reported[column - 1])][1], text);
  });
}
