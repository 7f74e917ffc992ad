import { countRecords } from "../output/plural.ts";
import { basename } from "node:path";
import { formatAge } from "../output/age.ts";
import type { AppliedJournal } from "../reading/apply_journal.ts";
import type { Command } from "../command_line/command.ts";
import { CommandError } from "../command_line/command_error.ts";
import { escape, quote } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import { findStores, type FoundStore } from "../reading/find_stores.ts";
import {
  aliOnsOf,
  fault,
  infoOf,
  type Inspection,
  isUnexamined,
  modifiedOf,
} from "../reading/inspect_file.ts";
import { paint } from "../../lib/io.ts";
import { printJson } from "../output/json_output.ts";
import { inspectStore, recoveryCandidates } from "../reading/store_files.ts";
import { describeSystemError } from "../output/system_error.ts";
import { formatTable } from "../../lib/table.ts";

export const list: Command = {
  name: "list",
  summary: "List the stores under a root directory, and their health",
  usage: "list ROOT",
  operands: ["ROOT"],
  options: {},
  details:
    "Finds offset.json (Go) and offsets.json (Java, ali-ons) up to two levels down, either order:\n" +
    "<client>/<group>, or <group>/<client> as Go's consumer really writes. A level with an @ is\n" +
    "taken for the client. The exit code is 1 if a main file is not valid or no store is found.",
  examples: ["list ~/.rocketmq_client_go", "list ~/.rocketmq_offsets_node --json"],
  async run(args, io) {
    const [root] = args.operands;
    const { stores, unreadable } = await findStores(root).catch((error) => {
      throw new CommandError(
        `Cannot list ${quote(root)}: ${describeSystemError(error)}`,
        "Go's root is ~/.rocketmq_client_go, Java's ~/.rocketmq_offsets, that of ali-ons " +
          "~/.rocketmq_offsets_node.",
        { path: root, cause: error },
      );
    });
    const rows = await Promise.all(stores.map(inspectRow));
    if (args.flag("json")) {
      const json = rows.map(({ modified, good: _, ...row }) => ({
        ...row,
        modified: modified === null ? null : new Date(modified).toISOString(),
      }));
      printJson(io, "list", { root, stores: json, unreadable });
    } else {
      const cells = rows.map(({ path, client, group, queues, modified, health }) => [
        path,
        client ?? "",
        group ?? "",
        String(queues ?? ""),
        modified === null ? "" : formatAge(io.now() - modified),
        health,
      ]);
      if (rows.length === 0) io.out(`No store under ${escape(root)}\n`);
      else {
        io.out(formatTable(COLUMNS, cells, (cell, row, column) => {
          if (row < 0) return paint(io, "bold", cell);
          if (column !== 5 || cell.startsWith("ok")) return cell;
          return paint(io, rows[row].good ? "yellow" : "red", cell);
        }));
      }
      for (const { path, reason } of unreadable) {
        io.err(escape(`Cannot look into ${quote(path)}: ${reason}`) + "\n");
      }
    }
    return rows.length > 0 && rows.every(({ good }) => good) ? EXIT.ok : EXIT.finding;
  },
};

async function inspectRow({ path, levels }: FoundStore) {
  const files = await inspectStore(path);
  const { main, backup, leftovers } = files;
  const file = main.state === "valid" ? main : aliOnsOf(main);
  const good = file !== undefined;
  const [source] = recoveryCandidates(files);
  const notes = [
    good
      ? journalNote(file.journal)
      : `main ${main.state === "missing" ? "missing" : `${judgement(main)}: ${fault(main)}`}`,
    !good && !isUnexamined(main) &&
    (source ? `recoverable from ${basename(source.path)}` : "not recoverable"),
    backup.state === "bad" && (infoOf(backup)?.size === 0 ? "backup empty" : "backup bad"),
    leftovers.length > 0 && `${leftovers.length} leftover .tmp`,
  ];
  return {
    path,
    ...clientAndGroup(levels),
    format: file?.format ?? null,
    queues: file?.table.size ?? null,
    modified: modifiedOf(main) ?? null,
    health: notes.filter(Boolean).join(", "),
    good,
  };
}

function judgement(main: Inspection): string {
  return isUnexamined(main) ? "cannot be examined" : "bad";
}

function journalNote(journal: AppliedJournal | undefined): string {
  if (journal === undefined) return "ok";
  return journal.relation === "foreign"
    ? "a journal of another file"
    : `ok, ${countRecords(journal.records)}`;
}

/** A client id is `<ip>@<instance>`; without an @ the documented order is assumed. */
function clientAndGroup(levels: readonly string[]) {
  const [first = null, second = null] = levels;
  const swapped = first !== null && !first.includes("@") && (second?.includes("@") ?? true);
  return swapped ? { client: second, group: first } : { client: first, group: second };
}

const COLUMNS = [
  { title: "PATH" },
  { title: "CLIENT" },
  { title: "GROUP" },
  { title: "QUEUES", align: "right" },
  { title: "AGE", align: "right" },
  { title: "HEALTH" },
] as const;
