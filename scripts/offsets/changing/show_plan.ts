import type { Offset } from "../../../mod.ts";
import { escape } from "../../lib/escape.ts";
import { paint } from "../../lib/io.ts";
import { formatTable } from "../../lib/table.ts";
import type { ToolIo } from "../command_line/tool_io.ts";
import { QUEUE_COLUMNS, queueCells } from "../output/queue_columns.ts";
import type { Change } from "./change.ts";
import type { Plan } from "./plan.ts";

/** As many lines as fit a screen, so that the question below them is read with what it is about. */
const MOST_LINES = 40;

const COLUMNS = [
  ...QUEUE_COLUMNS,
  { title: "FROM", align: "right" },
  { title: "TO", align: "right" },
] as const;

/**
 * Prints a plan.
 *
 * @param length Whether all of a long one is printed, or its beginning.
 */
export function showPlan(plan: Plan, length: "all" | "beginning", io: ToolIo): void {
  const { changes, actions, warnings } = plan;
  const most = length === "all" ? Infinity : MOST_LINES;
  if (changes.length > 0) {
    const rows = changes.slice(0, most).map(({ mq, from, to }) => [
      ...queueCells(mq),
      offsetText(from) ?? "none",
      offsetText(to) ?? "none",
    ]);
    io.out(formatTable(COLUMNS, rows));
    io.out(restOf(changes, most));
  }
  for (const action of actions.slice(0, most)) io.out(`${escape(action)}\n`);
  io.out(restOf(actions, most));
  for (const warning of warnings) io.out(paint(io, "yellow", escape(`Note: ${warning}`)) + "\n");
}

function restOf(list: readonly unknown[], most: number): string {
  if (list.length <= most) return "";
  return `… and ${list.length - most} more; --dry-run shows all\n`;
}

/** The changes as JSON. */
export function jsonChanges(changes: readonly Change[]): unknown[] {
  return changes.map(({ mq, from, to }) => ({
    ...mq,
    from: offsetText(from) ?? null,
    to: offsetText(to) ?? null,
  }));
}

function offsetText(offset: Offset | undefined): string | undefined {
  return offset?.toString();
}
