import { basename } from "node:path";
import { countRecords } from "../output/plural.ts";
import type { AppliedJournal } from "./apply_journal.ts";
import type { FoundStore } from "./find_stores.ts";
import { aliOnsOf, fault, type Inspection, isUnexamined, modifiedOf } from "./inspect_file.ts";
import { inspectStore, isEmptyOfGo, recoveryCandidates } from "./store_files.ts";

/** A store, as a list shows it. */
export interface JudgedStore {
  readonly path: string;
  readonly client: string | null;
  readonly group: string | null;
  readonly format: "go" | "java" | "ali-ons" | null;
  readonly queues: number | null;
  /** When main was written, in milliseconds since 1970. */
  readonly modified: number | null;
  /** What main is: an unexamined file may be intact. */
  readonly state: "ok" | "bad" | "missing" | "unexamined";
  /** Whether another file holds a table; `null` if main is in order, or nobody knows. */
  readonly recoverable: boolean | null;
  /** What main is, with all that there is to say. */
  readonly health: string;
}

/** Judges a store by its files. */
export async function judgeStore({ path, levels }: FoundStore): Promise<JudgedStore> {
  const files = await inspectStore(path);
  const { main, backup, leftovers } = files;
  const file = main.state === "valid" ? main : aliOnsOf(main);
  const state = file === undefined ? stateOf(main) : "ok";
  const [source] = recoveryCandidates(files);
  const recovery = source ? `recoverable from ${basename(source.path)}` : "not recoverable";
  const isLost = state === "bad" || state === "missing";
  const notes = [
    file === undefined ? faultOf(main) : journalNote(file.journal),
    ...isLost ? [recovery] : [],
    ...backup.state === "bad" && !isEmptyOfGo(backup, main) ? ["backup bad"] : [],
    ...leftovers.length > 0 ? [`${leftovers.length} leftover .tmp`] : [],
  ];
  return {
    path,
    ...clientAndGroup(levels),
    format: file?.format ?? null,
    queues: file?.table.size ?? null,
    modified: modifiedOf(main) ?? null,
    state,
    recoverable: isLost ? source !== undefined : null,
    health: notes.join(", "),
  };
}

function stateOf(main: Inspection): "bad" | "missing" | "unexamined" {
  if (main.state === "missing") return "missing";
  return isUnexamined(main) ? "unexamined" : "bad";
}

function faultOf(main: Inspection): string {
  if (main.state === "missing") return "main missing";
  return `main ${isUnexamined(main) ? "cannot be examined" : "bad"}: ${fault(main)}`;
}

function journalNote(journal: AppliedJournal | undefined): string {
  if (journal === undefined) return "ok";
  return journal.relation === "foreign"
    ? "a journal of another file"
    : `ok, ${countRecords(journal.records)}`;
}

/**
 * The client and the group that the directories above a store name.
 *
 * Go's consumer really writes `<group>/<client>`, the others `<client>/<group>`. A client id is
 * `<ip>@<instance>`, and a slash in it makes one level more; without an @ the documented order is
 * assumed.
 */
export function clientAndGroup(levels: readonly string[]) {
  const isSwapped = levels.length > 0 && levels.at(-1)!.includes("@") && !levels[0].includes("@");
  const isGroupAlone = levels.length === 1 && !levels[0].includes("@");
  const isClientAlone = levels.length === 1 && levels[0].includes("@");
  if (isGroupAlone) return { client: null, group: levels[0] };
  if (isClientAlone) return { client: levels[0], group: null };
  const client = isSwapped ? levels.slice(1) : levels.slice(0, -1);
  const group = isSwapped ? levels[0] : levels.at(-1);
  return { client: client.join("/") || null, group: group ?? null };
}
