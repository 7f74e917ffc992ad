import { ACCEPT_OPTIONS, planAccept } from "../writing/accept.ts";
import { carryOut, CHANGE_DETAILS, CHANGE_OPTIONS, CHANGE_USAGE } from "../changing/carry_out.ts";
import { convertHint } from "../reading/ali_ons_file.ts";
import { describeAge } from "../output/age.ts";
import type { Command } from "../command_line/command.ts";
import { escape } from "../../lib/escape.ts";
import { EXIT } from "../../lib/exit_code.ts";
import type { JournalFile } from "../../../src/file/recovery/read_journal_file.ts";
import {
  aliOnsOf,
  fault,
  type Inspection,
  isUnexamined,
  modifiedOf,
  NO_ID,
  type ValidInspection,
} from "../reading/inspect_file.ts";
import { hint, type ToolIo } from "../command_line/tool_io.ts";
import type { Io } from "../../lib/io.ts";
import { type CheckedFile, checkedTable } from "../output/checked_table.ts";
import { printJson } from "../output/json_output.ts";
import { countQueues, countRecords } from "../output/plural.ts";
import { acceptHint, rescueHint } from "../reading/read_table.ts";
import { inspectStore, isEmptyOfGo } from "../reading/store_files.ts";

interface Finding {
  /** Whether it is a backup of no bytes, as Go's client leaves it. */
  readonly isEmptyOfGo?: true;
  readonly role: "main" | "backup" | "leftover" | "journal";
  readonly file: Inspection;
  /** The records of a journal. */
  readonly records?: number;
  readonly details?: string;
}

type FoundJournal = Exclude<JournalFile, { readonly is: "missing" }>;

export const verify: Command = {
  name: "verify",
  summary: "Check main file, backup and leftovers",
  usage: `verify FILE…
       verify FILE --accept [--journal max|aside] ${CHANGE_USAGE}`,
  operands: ["FILE…"],
  options: {
    accept: { help: "give a main file that was edited by hand the right checksum" },
    ...ACCEPT_OPTIONS,
    ...CHANGE_OPTIONS,
  },
  details:
    "FILE is the main file, offset.json or offsets.json; its backup (.bak) and the .tmp files\n" +
    "of interrupted writes are found beside it. The exit code is 1 if any file is bad, or the\n" +
    "main file is missing. A missing backup is fine: a young store has none.\n\n" +
    "A store does not open a main file whose checksum is wrong. --accept writes it anew, with the\n" +
    "same offsets and the right checksum; the file as it was is kept, and the backup stays. The\n" +
    "records of its journal are shown: --journal says what becomes of them.\n\n" +
    CHANGE_DETAILS,
  examples: [
    "verify offset.json",
    "verify ~/.rocketmq_client_go/*/*/offset.json --json",
    "verify --accept offset.json",
  ],
  async run(args, io) {
    const json = args.flag("json");
    if (args.flag("accept")) {
      const [path, ...others] = args.operands;
      if (others.length > 0) args.fail("--accept takes one FILE");
      return await carryOut(await planAccept(path, args, io), args, io);
    }
    const findings: Finding[] = [];
    for (const path of args.operands) findings.push(...await findingsOf(path));
    if (json) printJson(io, "verify", { files: findings.map(jsonOf) });
    else io.out(textOf(findings, io));
    return findings.some(isBad) ? EXIT.finding : EXIT.ok;
  },
};

async function findingsOf(path: string): Promise<Finding[]> {
  const { main, backup, leftovers, journal } = await inspectStore(path);
  const found: Finding[] = [{ role: "main", file: main }];
  if (journal.is !== "missing") found.push(journalFinding(main, journal));
  const empty = isEmptyOfGo(backup, main) ? { isEmptyOfGo: true } as const : {};
  if (backup.state !== "missing") found.push({ role: "backup", file: backup, ...empty });
  for (const file of leftovers) found.push({ role: "leftover", file });
  return found;
}

/** A torn tail is what a kill leaves, and the store cuts it; the rest is for a person to look at. */
function journalFinding(main: Inspection, journal: FoundJournal): Finding {
  const bad = (path: string, reason: string): Finding => {
    const info = journal.is === "unreadable" ? undefined : journal.info;
    return { role: "journal", file: { state: "bad", path, info, reason } };
  };
  if (journal.is !== "readable") return bad(journal.fault.path, journal.fault.reason);
  const { path, info, content } = journal;
  const { table, records, damage } = content;
  if (damage?.kind === "corrupt") {
    return bad(path, `${damage.reason}, at position ${damage.position}`);
  }
  const applied = main.state === "valid" ? main.journal : undefined;
  if (applied === undefined) return bad(path, "the file that it extends is not usable");
  if (applied.relation === "foreign") return bad(path, applied.reason!);
  const torn = damage === undefined ? "" : ", and a last one that was not written to the end";
  const superseded = records > applied.records ? ", which main holds already" : "";
  const file = {
    state: "valid",
    path,
    info,
    table,
    id: NO_ID,
    generation: undefined,
    format: "go",
    checksum: "right",
  } as const;
  return { role: "journal", file, records, details: countRecords(records) + superseded + torn };
}

function isBad(finding: Finding): boolean {
  return finding.file.state !== "valid" && finding.isEmptyOfGo === undefined;
}

function jsonOf(finding: Finding): unknown {
  const { role, file, records } = finding;
  const { path, state } = file;
  if (file.state === "missing") return { path, role, state };
  const at = modifiedOf(file);
  const modified = at === undefined ? null : new Date(at).toISOString();
  if (file.state === "valid") {
    const { table, format, checksum } = file;
    if (role === "journal") return { path, role, state, modified, queues: table.size, records };
    return { path, role, state, modified, queues: table.size, format, checksum };
  }
  if (finding.isEmptyOfGo) return { path, role, state: "empty", modified };
  const { reason, position = null, edited } = file;
  return { path, role, state, modified, reason, position, edited: edited !== undefined };
}

function textOf(findings: readonly Finding[], io: ToolIo): string {
  const edited = findings.filter(({ role, file }) =>
    role === "main" && file.state === "bad" && file.edited !== undefined
  );
  const torn = findings.filter(({ role, file }) =>
    role === "main" && file.state === "bad" && file.edited === undefined && !isUnexamined(file) &&
    aliOnsOf(file) === undefined
  );
  const hints = [
    ...torn.map(({ file }) => rescueHint(file.path)),
    ...edited.map(({ file }) => acceptHint(file.path)),
    ...findings.filter(({ file }) => aliOnsOf(file)).map(({ file }) => convertHint(file.path)),
  ];
  return checkedTable(findings.map((finding) => checkedFile(finding, io)), io) +
    hints.map((each) => escape(hint(io, each)) + "\n").join("");
}

function checkedFile(finding: Finding, io: Io): CheckedFile {
  const { role, file } = finding;
  return {
    state: finding.isEmptyOfGo ? "empty" : file.state,
    role,
    path: file.path,
    details: detailsOf(finding, io),
    isBad: isBad(finding),
  };
}

function validDetails(file: ValidInspection, io: Io): string {
  const sealed = file.checksum === "right" ? ", checksum right" : "";
  return `${countQueues(file.table.size)}, ${describeAge(io.now() - modifiedOf(file))}${sealed}`;
}

function detailsOf(finding: Finding, io: Io): string {
  const { file, details } = finding;
  if (file.state === "valid") return details ?? validDetails(file, io);
  return finding.isEmptyOfGo ? "empty, as Go leaves it" : fault(file);
}
