import { escape, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { paint } from "../../lib/io.ts";
import type { OptionShapes } from "../../lib/words.ts";
import type { Args } from "../command_line/args.ts";
import { CommandError } from "../command_line/command_error.ts";
import { hint, type ToolIo } from "../command_line/tool_io.ts";
import { printJson } from "../output/json_output.ts";
import { findLiveConsumer } from "./live_consumer.ts";
import { type Done, isEmpty, type Plan } from "./plan.ts";
import { jsonChanges, showPlan } from "./show_plan.ts";

/** The options of every command that changes a store. */
export const CHANGE_OPTIONS: OptionShapes = {
  yes: { help: "do it without asking" },
  "dry-run": { help: "only show what would be done" },
  "while-running": { help: "do it though a consumer is at work" },
  "no-wait": { help: "do not watch whether a consumer is at work" },
};

/** The same on a usage line. */
export const CHANGE_USAGE = "[--yes|--dry-run]";

/** What every command that changes a store says of it in its help. */
export const CHANGE_DETAILS =
  "The change is shown first, and is made after a question, or with --yes. Without a\n" +
  "terminal and without --yes nothing is changed, and the exit code is 2. If the files\n" +
  "were written within ten seconds, they are watched for six: a consumer at work is\n" +
  "refused. The state before is kept, if there was one; see history and undo.";

/** How a plan is to be carried out. */
type Wanted = "do" | "ask" | "dry run" | "cannot ask";

function wantedOf(args: Args, io: ToolIo): Wanted {
  const [yes, dryRun] = [args.flag("yes"), args.flag("dry-run")];
  if (yes && dryRun) args.fail("--yes and --dry-run contradict each other");
  if (yes) return "do";
  if (dryRun) return "dry run";
  // JSON is for programs, which do not answer questions.
  return io.ask === undefined || args.flag("json") ? "cannot ask" : "ask";
}

/**
 * Shows a plan, and does it if that is wanted: the one way in which commands change files.
 *
 * Nothing is written before the question is answered, so an interrupt there leaves no half change.
 *
 * @returns The exit code.
 * @throws {CommandError} If the plan is refused, or a consumer is at work.
 */
export async function carryOut(plan: Plan, args: Args, io: ToolIo): Promise<number> {
  const wanted = wantedOf(args, io);
  const tell = (done: Done | undefined) => tellOutcome(plan, done, args, io);
  if (isEmpty(plan)) {
    if (!args.flag("json")) io.out(`${escape(plan.nothing ?? "Nothing to change.")}\n`);
    tell(undefined);
    return EXIT.ok;
  }
  if (!args.flag("json")) showPlan(plan, wanted === "dry run" ? "all" : "beginning", io);
  if (wanted === "dry run" || wanted === "cannot ask") {
    tell(undefined);
    if (wanted === "dry run") return EXIT.ok;
    const reason = args.flag("json") ? "--json asks nothing" : "there is no terminal to ask on";
    const how = plan.refusal === undefined ? "Add --yes to do it." : "--yes alone would not do it.";
    io.err(`This was a dry run: ${reason}. ${how}\n`);
    return EXIT.usage;
  }
  if (plan.refusal !== undefined) throw plan.refusal;
  if (!args.flag("while-running") && !args.flag("no-wait")) await refuseLive(plan, io);
  if (wanted === "ask" && !await isConfirmed(plan, io)) {
    io.out("Nothing is changed.\n");
    return EXIT.finding;
  }
  tell(await plan.carryOut());
  return EXIT.ok;
}

async function isConfirmed({ question }: Plan, { ask }: ToolIo): Promise<boolean> {
  const answer = await ask!(`${escape(question)} [y/N] `);
  return /^\s*y(?:es)?\s*$/i.test(answer ?? "");
}

async function refuseLive({ path, atRest }: Plan, io: ToolIo): Promise<void> {
  const found = await findLiveConsumer(atRest, io);
  if (found === undefined) return;
  const where = found.path === path ? "" : ` on ${quote(found.path)}`;
  throw new CommandError(
    `Cannot change ${quote(path)}: a consumer is at work${where}, ${found.sign}`,
    "Its next persist would overwrite the change, or be refused. Stop it, then run the same " +
      "command again; or add --while-running.",
    { code: "live", path: found.path },
  );
}

function tellOutcome(plan: Plan, done: Done | undefined, args: Args, io: ToolIo): void {
  const { path, changes, actions, warnings, refusal, facts } = plan;
  if (args.flag("json")) {
    printJson(io, args.command, {
      file: path,
      applied: done !== undefined,
      changes: jsonChanges(changes),
      actions,
      warnings,
      refusal: refusal?.message ?? null,
      ...facts,
      ...done?.facts,
    });
    return;
  }
  if (refusal !== undefined) {
    io.out(paint(io, "yellow", escape(`Note: it would be refused: ${refusal.message}`)) + "\n");
    io.out(`  ${escape(hint(io, refusal.next))}\n`);
  }
  for (const line of done?.text ?? []) io.out(`${escape(line)}\n`);
  if (done?.next !== undefined) io.out(paint(io, "dim", escape(hint(io, done.next))) + "\n");
}
