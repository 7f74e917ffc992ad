import { formatAge } from "./age.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { fault, type Inspection } from "./inspect_file.ts";
import { type Io, paint } from "./io.ts";
import { printJson } from "./json_output.ts";
import { countQueues } from "./plural.ts";
import { inspectStore } from "./store_files.ts";
import { formatTable } from "./table_output.ts";

interface Finding {
  readonly role: "main" | "backup" | "leftover";
  readonly file: Inspection;
}

export const verify: Command = {
  name: "verify",
  summary: "Check main file, backup and leftovers",
  usage: "verify FILE…",
  operands: ["FILE…"],
  options: {},
  details:
    "FILE is the main file, offset.json or offsets.json; its backup (.bak) and the .tmp files\n" +
    "of interrupted writes are found beside it. The exit code is 1 if any file is bad, or the\n" +
    "main file is missing. A missing backup is fine: a young store has none.",
  examples: ["verify offset.json", "verify ~/.rocketmq_client_go/*/*/offset.json --json"],
  async run(args, io) {
    const findings: Finding[] = [];
    for (const path of args.operands) findings.push(...await findingsOf(path));
    if (args.flag("json")) printJson(io, findings.map(jsonOf));
    else io.out(textOf(findings, io));
    return findings.some(isBad) ? EXIT.finding : EXIT.ok;
  },
};

async function findingsOf(path: string): Promise<Finding[]> {
  const { main, backup, leftovers } = await inspectStore(path);
  const found: Finding[] = [{ role: "main", file: main }];
  if (backup.state !== "missing") found.push({ role: "backup", file: backup });
  for (const file of leftovers) found.push({ role: "leftover", file });
  return found;
}

function isBad({ file }: Finding): boolean {
  return file.state !== "valid";
}

function jsonOf({ role, file }: Finding): unknown {
  const { path, state } = file;
  if (file.state === "missing") return { path, role, state };
  const modified = file.modified === undefined ? null : new Date(file.modified).toISOString();
  if (file.state === "valid") {
    return { path, role, state, modified, queues: file.table.size, format: file.format };
  }
  return { path, role, state, modified, reason: file.reason, position: file.position ?? null };
}

function textOf(findings: readonly Finding[], io: Io): string {
  const rows = findings.map(({ role, file }) => [
    file.state,
    role,
    file.path,
    file.state === "valid" ? validDetails(file.table.size, file.modified, io) : hint(role, file),
  ]);
  return formatTable(
    [{ title: "STATE" }, { title: "ROLE" }, { title: "FILE" }, { title: "DETAILS" }],
    rows,
    (cell, row, column) => {
      if (row < 0) return paint(io, "bold", cell);
      if (column !== 0) return cell;
      return paint(io, isBad(findings[row]) ? "red" : "green", cell);
    },
  );
}

function validDetails(queues: number, modified: number, io: Io): string {
  return `${countQueues(queues)}, ${formatAge(io.now() - modified)} old`;
}

/** Go's client writes its backups empty (apache/rocketmq-client-go issue 572): not a new fault. */
function hint(role: Finding["role"], file: Inspection): string {
  const empty = role === "backup" && file.state === "bad" && file.size === 0;
  return fault(file) + (empty ? ", as Go's client leaves it" : "");
}
