import { nodeFileSystem } from "../../../mod.ts";
import { type AliOnsFile, convertHint } from "./ali_ons_file.ts";
import { CommandError } from "../command_line/command_error.ts";
import { escape, quote } from "../../lib/escape.ts";
import {
  aliOnsOf,
  codeOf,
  fault,
  type Inspection,
  isUnexamined,
  readSnapshot,
  type ValidInspection,
} from "./inspect_file.ts";
import { type Hint, pathOperand } from "../command_line/hint.ts";
import { hint, type ToolIo } from "../command_line/tool_io.ts";
import { paint } from "../../lib/io.ts";
import { inspectStore, recoveryCandidates } from "./store_files.ts";

/**
 * Reads an offset file that must be there and be valid.
 *
 * Only the named file is read: what is shown or changed is never silently another one.
 */
export async function readTable(action: string, path: string): Promise<ValidInspection> {
  const found = await readSnapshot(path);
  if (found.state === "valid") return found;
  throw new CommandError(`Cannot ${action} ${quote(path)}: ${fault(found)}`, await next(found), {
    code: codeOf(found),
    path,
  });
}

/** Reads an offset file to convert it: one of ali-ons, too. */
export async function readAnyTable(
  action: string,
  path: string,
): Promise<ValidInspection | AliOnsFile> {
  const found = await readSnapshot(path);
  return aliOnsOf(found) ?? await readTable(action, path);
}

/**
 * Reads an offset file to show it: one of ali-ons, and one that was edited by hand, too, with a word
 * of warning.
 */
export async function readToShow(
  action: string,
  path: string,
  io: ToolIo,
): Promise<ValidInspection | AliOnsFile> {
  const found = await readSnapshot(path);
  if (found.state !== "bad" || found.edited === undefined) return await readAnyTable(action, path);
  io.err(paint(io, "yellow", escape(`${path}: ${found.reason}`)) + "\n");
  io.err(`  ${escape(hint(io, acceptHint(path)))}\n`);
  return found.edited;
}

/** What to do about a file that is not valid. */
async function next(found: Inspection): Promise<Hint> {
  const { path, state } = found;
  if (state === "bad" && found.edited !== undefined) return acceptHint(path);
  if (aliOnsOf(found) !== undefined) return convertHint(path);
  if ((await nodeFileSystem.stat(path).catch(() => undefined))?.kind === "directory") {
    return {
      text: "Name the file in it. See the stores with:",
      command: ["list", pathOperand(path)],
    };
  }
  if (isUnexamined(found)) {
    return "It may be intact: make it readable, then run the same command again.";
  }
  const [source] = recoveryCandidates(await inspectStore(path));
  if (source !== undefined) {
    const text = `${quote(source.path)} is valid; recover it with:`;
    return { text, command: ["rescue", pathOperand(path), "--yes"] };
  }
  return state === "missing"
    ? { text: "Find the stores of this machine with:", command: ["list"] }
    : { text: "See what is left with:", command: ["verify", pathOperand(path)] };
}

/** What to do about a file whose checksum is wrong. */
export function acceptHint(path: string): Hint {
  return {
    text: "If it was edited by hand, accept it with:",
    command: ["verify", "--accept", pathOperand(path)],
  };
}

/** What to do about a file that is torn or damaged. */
export function rescueHint(path: string): Hint {
  return { text: "See what can be recovered with:", command: ["rescue", pathOperand(path)] };
}
